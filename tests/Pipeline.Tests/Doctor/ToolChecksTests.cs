using BuildPipeline.Doctor;

namespace BuildPipeline.Pipeline.Tests.Doctor;

public sealed class ToolChecksTests
{
    [Theory]
    [InlineData("Terraform v1.11.4\non linux_amd64", CheckResult.Good, null)]
    [InlineData("Terraform v1.10.0", CheckResult.Good, null)]
    [InlineData("OpenTofu v2.0", CheckResult.Good, null)]
    [InlineData("Terraform v1.9.8", CheckResult.Failed, "BP2203")]
    [InlineData(null, CheckResult.Failed, "BP2202")]
    public void Given_ATerraform_When_Judged_Then_ItsVersionDecides(string? printed, CheckResult result, string? error)
    {
        var check = ToolChecks.Terraform(printed, new Version(1, 10));

        Assert.Equal((result, error), (check.Result, check.Error?.Id));
    }

    [Fact]
    public void Given_AProgramThatDoesNotRun_When_Judged_Then_ItIsNamedAndGitIsNoNeed()
    {
        var (bash, git) = (ToolChecks.Needed("bash", null), ToolChecks.Git(null));

        Assert.Equal("BP2202", bash.Error?.Id);
        Assert.Contains("bash", bash.Found, StringComparison.Ordinal);
        Assert.Equal(CheckResult.Warning, git.Result);
    }

    [Fact]
    public void Given_TheToolsFile_When_Read_Then_TheMinimumIsItsOwn() => Assert.True(
        ToolChecks.MinimumTerraform(File.ReadAllText(Path.Combine(Repository.Root, "build", "tools.properties"))) >= new Version(1, 10));

    [Fact]
    public async Task Given_ProgramsOfThisMachine_When_Asked_Then_OnlyOneThatRunsAnswers()
    {
        Assert.StartsWith("10.", await ToolProbe.VersionAsync("dotnet", "--version", CancellationToken.None), StringComparison.Ordinal);
        Assert.Null(await ToolProbe.VersionAsync("no-such-program", "--version", CancellationToken.None));
        Assert.Null(await ToolProbe.VersionAsync("dotnet", "--no-such-option", CancellationToken.None));
    }
}
