using BuildPipeline.Accounts;
using BuildPipeline.Cli;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Terraform;

public sealed class EnvironmentFilesTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("access-test-");
    private readonly EnvironmentFiles _files;

    public EnvironmentFilesTests()
    {
        var options = CommandLine.Read(["--target=Stop", "--environment=dev"], ["Stop"], _root.FullName);
        _files = new EnvironmentFiles(options, new AwsAccount(_ => null), Sample.Hints);
        Write("dev.tfvars", "team = \"research\"");
        Write("dev.s3.tfbackend", "bucket = \"states\"\nkey = \"dev/terraform.tfstate\"\nregion = \"eu-west-1\"");
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Given_AStrayFile_When_AJobIsToBeStopped_Then_OnlyTerraformIsRefused()
    {
        Write("../terraform.tfvars", "");

        Assert.Equal(("states", "eu-west-1"), (_files.StateBucket, _files.StateRegion));
        Assert.Equal(ExitCode.BadConfiguration, Assert.Throws<PipelineException>(() => _files.Terraform).ExitCode);
    }

    [Fact]
    public void Given_ALaunchThatRuns_When_TheFilesChange_Then_ItsLeaseIsWhereItWas()
    {
        Assert.Equal("states", _files.StateBucket);

        Write("dev.s3.tfbackend", "bucket = \"others\"");
        Assert.Equal("states", _files.StateBucket);

        Directory.Delete(Path.Combine(_root.FullName, "infra"), recursive: true);
        Assert.Equal(("states", "dev/terraform.tfstate", "eu-west-1"), (_files.StateBucket, _files.StateKey, _files.StateRegion));
    }

    private void Write(string file, string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root.FullName, "infra", "environments"));
        File.WriteAllText(Path.Combine(folder.FullName, file), text);
    }
}
