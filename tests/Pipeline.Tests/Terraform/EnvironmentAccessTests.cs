using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class EnvironmentAccessTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("access-test-");
    private readonly RunSession _session;
    private readonly SandboxProcess _sandbox;
    private readonly EnvironmentAccess _access;

    public EnvironmentAccessTests()
    {
        _session = new RunSession(new RunStore(new ArtifactsFolder(_root.FullName), TimeProvider.System));
        _sandbox = new SandboxProcess(_root.FullName, TimeProvider.System);
        var options = CommandLine.Read(["--target=Stop", "--environment=dev"], ["Stop"], _root.FullName, _root.FullName);
        _access = new EnvironmentAccess(options, _sandbox, _session);
        Write("dev.tfvars", "team = \"research\"");
        Write("dev.s3.tfbackend", "bucket = \"states\"\nkey = \"dev/terraform.tfstate\"\nregion = \"eu-west-1\"");
    }

    public void Dispose()
    {
        _session.Dispose();
        _sandbox.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public void Given_AStrayFile_When_AJobIsToBeStopped_Then_OnlyTerraformIsRefused()
    {
        Write("../terraform.tfvars", "");

        Assert.Equal(("states", "eu-west-1"), (_access.StateBucket, _access.StateConnection.Region));
        Assert.Equal(ExitCode.BadConfiguration, Assert.Throws<PipelineException>(() => _access.Terraform).ExitCode);
    }

    [Fact]
    public void Given_ALaunchThatRuns_When_TheFilesChange_Then_ItsLeaseIsWhereItWas()
    {
        Assert.Equal("states", _access.StateBucket);

        Write("dev.s3.tfbackend", "bucket = \"others\"");
        Assert.Equal("states", _access.StateBucket);

        Directory.Delete(Path.Combine(_root.FullName, "infra"), recursive: true);
        Assert.Equal(("states", "dev/terraform.tfstate", "eu-west-1"), (_access.StateBucket, _access.StateKey, _access.StateConnection.Region));
    }

    private void Write(string file, string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root.FullName, "infra", "environments"));
        File.WriteAllText(Path.Combine(folder.FullName, file), text);
    }
}
