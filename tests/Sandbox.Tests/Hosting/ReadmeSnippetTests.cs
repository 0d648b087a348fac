using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Hosting;

/// <summary>The snippets of the sandbox's own page run as they are printed: only the address is that of the test's sandbox.</summary>
[Trait("Tier", "all")]
public sealed partial class ReadmeSnippetTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private const string PrintedAddress = "http://127.0.0.1:4566";

    private static readonly string ReadmeFolder = Path.Combine(Repository.Root, "build", "Sandbox");

    [SkippableFact]
    public async Task Given_the_lines_for_the_aws_command_line_When_pasted_Then_each_works()
    {
        await RequireAsync("aws", "--version");

        await RunAsync(Snippet("The aws command line", "sh"), ReadmeFolder);

        using var s3 = sandbox.CreateS3();
        Assert.Contains((await s3.ListObjectsV2Async(new() { BucketName = "my-bucket" })).S3Objects, found => found.Key == "data/README.md");
    }

    [SkippableFact]
    public async Task Given_the_boto3_program_When_run_Then_its_job_has_a_model()
    {
        await RequireAsync("python3", "-c", "import boto3");

        Assert.Contains("s3://my-bucket/output/first/output/model.tar.gz", await PythonAsync(Snippet("boto3", "python")), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_the_program_of_the_SageMaker_SDK_When_run_after_that_of_boto3_Then_its_job_completes()
    {
        await RequireAsync("python3", "-c", "import boto3, sagemaker.core.resources");
        await PythonAsync("import boto3\ns3 = boto3.client('s3')\ns3.create_bucket(Bucket='my-bucket')\ns3.put_object(Bucket='my-bucket', Key='code/train.py', Body=b'')");

        await PythonAsync(Snippet("SageMaker Python SDK", "python"));
    }

    [SkippableFact]
    public async Task Given_the_lines_for_terraform_When_pasted_Then_the_sandbox_is_its_provider()
    {
        await RequireAsync("terraform", "version");
        var lines = Snippet("Terraform", "sh")
            .Replace("\"Pid\":PID", $"\"Pid\":{sandbox.Running.Pid}", StringComparison.Ordinal)
            .Replace("PROVIDER\"", $"{sandbox.Running.Provider}\"", StringComparison.Ordinal);
        var folder = Directory.CreateDirectory(Path.Combine(sandbox.StateFolder, "terraform-snippet")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "main.tf"), "provider \"aws\" {}\nresource \"aws_s3_bucket\" \"this\" {\n  bucket = \"of-terraform\"\n}\n");

        // terraform asks before it applies.
        await RunAsync($"export TF_CLI_ARGS_apply=-auto-approve\n{lines}", folder);

        using var s3 = sandbox.CreateS3();
        Assert.Contains((await s3.ListBucketsAsync()).Buckets, bucket => bucket.BucketName == "of-terraform");
    }

    [SkippableFact]
    public async Task Given_the_lines_for_builds_When_pasted_Then_the_project_can_be_built()
    {
        await RequireAsync("aws", "--version");

        await RunAsync($"{Snippet("Builds", "sh")}\naws codebuild start-build --project-name demo", ReadmeFolder);

        Assert.Contains("\"sandbox\"", await sandbox.Http.GetStringAsync("/_sandbox/resources"), StringComparison.Ordinal);
    }

    private static async Task RequireAsync(string program, params string[] arguments)
    {
        Skip.If(OperatingSystem.IsWindows(), "The snippets are for a POSIX shell.");
        Skip.IfNot(await ExternalTool.WorksAsync(program, arguments), $"Skipped a snippet of build/Sandbox/README.md: {program} {string.Join(' ', arguments)} does not work here.");
    }

    private async Task<string> PythonAsync(string program)
    {
        var file = Path.Combine(sandbox.StateFolder, $"{Guid.NewGuid():N}.py");
        await File.WriteAllTextAsync(file, program);
        return await RunAsync($"python3 {file}", sandbox.StateFolder);
    }

    // In a shell in which the page's variables are set.
    private async Task<string> RunAsync(string lines, string folder)
    {
        var variables = Snippet("Start it", "sh", containing: "export AWS_ENDPOINT_URL");
        Assert.Contains(PrintedAddress, variables, StringComparison.Ordinal);
        var script = $"set -e\n{variables.Replace(PrintedAddress, sandbox.Url.ToString().TrimEnd('/'), StringComparison.Ordinal)}\n{lines}";
        var (exitCode, output, errors) = await ExternalTool.RunAsync("bash", ["-c", script], new Dictionary<string, string> { ["CHECKPOINT_DISABLE"] = "1" }, folder);
        Assert.True(exitCode == 0, $"{lines}\nended with {exitCode}: {output}{errors}");
        return output;
    }

    private static string Snippet(string heading, string language, string containing = "")
    {
        var page = File.ReadAllText(Path.Combine(ReadmeFolder, "README.md")).ReplaceLineEndings("\n");
        var section = SectionPattern().Matches(page).First(match => match.Groups[1].Value == heading).Groups[2].Value;
        return BlockPattern().Matches(section)
            .First(match => match.Groups[1].Value == language && match.Groups[2].Value.Contains(containing, StringComparison.Ordinal)).Groups[2].Value;
    }

    [GeneratedRegex("(?m)^##+ (.+)\n((?:(?!##+ ).*\n)*)")]
    private static partial Regex SectionPattern();

    [GeneratedRegex("(?m)^```(\\w+)\n((?:(?!```).*\n)*)```$")]
    private static partial Regex BlockPattern();
}
