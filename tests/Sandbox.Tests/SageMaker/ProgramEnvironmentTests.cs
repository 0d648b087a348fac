using BuildPipeline.Sandbox.SageMaker.Images;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

public sealed class ProgramEnvironmentTests
{
    private const string Secret = "PROGRAM_ENVIRONMENT_TEST";

    [SkippableFact]
    public async Task Given_a_starter_with_credentials_When_a_program_is_started_Then_it_sees_the_sandbox_and_its_own_folders_only()
    {
        Skip.If(OperatingSystem.IsWindows(), "the program of this test is /usr/bin/env");
        Environment.SetEnvironmentVariable(Secret, "not for programs");
        await using var harness = new JobHarness();
        var request = JobHarness.Request();
        request["Environment"] = new System.Text.Json.Nodes.JsonObject { ["LOG_LEVEL"] = "info", ["AWS_ENDPOINT_URL"] = "https://s3.amazonaws.com" };
        await harness.SubmitAsync(request);
        await harness.ToTrainingAsync();
        var launch = harness.Runner.Current[0].Launch;

        var printed = await RunAsync(launch with { FileName = "env", Arguments = [] });

        var node = Path.GetFullPath(Path.Combine(harness.Runner.Current[0].Root, "..", ".."));
        var variables = printed.Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
        string[] folders = ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"];
        Assert.All(folders, name => Assert.StartsWith(node + Path.DirectorySeparatorChar, variables[name], StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(variables["HOME"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(variables["TMPDIR"]));
        Assert.Equal(harness.Platform.Host.TemporaryFolder, Path.GetDirectoryName(variables["TMPDIR"]));
        Assert.True(variables["TMPDIR"].Length < harness.Platform.Host.TemporaryFolder.Length + 20, variables["TMPDIR"]);
        Assert.Equal(
            ("http://127.0.0.1:4566", "us-east-1", "true", "info"),
            (variables["AWS_ENDPOINT_URL"], variables["AWS_REGION"], variables["AWS_EC2_METADATA_DISABLED"], variables["LOG_LEVEL"]));
        Assert.StartsWith("ASIA", variables["AWS_ACCESS_KEY_ID"], StringComparison.Ordinal);
        Assert.NotEmpty(variables["AWS_SESSION_TOKEN"]);
        string[] runner = ["PATH", "LANG", "DOTNET_ROOT", "DOTNET_ROOT_X64", "_", "PWD", "SHLVL"];
        Assert.Empty(variables.Keys.Except(launch.Environment.Keys).Except(runner));
        Assert.DoesNotContain(Secret, variables.Keys);
    }

    [SkippableFact]
    public async Task Given_boto3_When_a_program_uses_it_Then_it_takes_the_sandboxs_credentials_and_endpoint()
    {
        Skip.IfNot(await ExternalTool.WorksAsync("python3", "-c", "import boto3"), "python3 with boto3 is not installed, so a program that uses it was not tested");
        await using var harness = new JobHarness(images: new(new Dictionary<string, Func<TrainingImage>>
        {
            ["sandbox/builtin"] = () => PythonImages.WithoutTorch(MachinePython.Plain.Find()),
        }));
        await harness.SubmitAsync(JobHarness.Request());
        await harness.ToTrainingAsync();
        var launch = harness.Runner.Current[0].Launch;

        var printed = await RunAsync(launch with { Arguments = ["-c", """
            import boto3
            session = boto3.Session()
            key = session.get_credentials()
            print(key.access_key[:4], key.method, session.client("s3").meta.endpoint_url, session.available_profiles)
            """] });

        Assert.Equal(["ASIA env http://127.0.0.1:4566 []"], printed);
    }

    [SkippableFact]
    public void Given_a_program_that_is_not_on_the_nodes_PATH_When_started_Then_the_job_fails_by_its_name()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows looks programs up by itself");
        var launch = new NodeLaunch("torchrun", [], Path.GetTempPath(), new Dictionary<string, string> { ["PATH"] = "/nowhere" });

        var failure = Assert.Throws<JobFailure>(() => new ProcessNodeRunner(NodeIsolation.None).Start(launch, _ => { }));

        Assert.StartsWith("ClientError: the program 'torchrun' is not on the node's PATH", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> RunAsync(NodeLaunch launch)
    {
        var lines = new List<string>();
        await using var node = new ProcessNodeRunner(NodeIsolation.None).Start(launch, line =>
        {
            lock (lines)
            {
                lines.Add(line);
            }
        });
        Assert.Equal(0, await node.Exit);
        return lines;
    }
}
