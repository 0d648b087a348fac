using BuildPipeline.Accounts;
using BuildPipeline.Reporting.GitHub;

namespace BuildPipeline.Pipeline.Tests.Reporting.GitHub;

public sealed class GitHubTargetTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Given_TheSandbox_When_NothingIsNamed_Then_ItsOwnIssueIsTheTarget() =>
        Assert.Equal("sandbox/pipeline#1", Target(null, null, new(new Uri("http://127.0.0.1:1"), "sandbox", "sandbox/pipeline", 1))!.ToString());

    [Fact]
    public void Given_APullRequest_When_OnlyTheEventNamesIt_Then_ItIsTheTarget()
    {
        File.WriteAllText(_file, """{"pull_request":{"number":42}}""");

        var target = Target(null, null, GitHubAccess.From(Variables(("GITHUB_EVENT_PATH", _file), ("GITHUB_REPOSITORY", "octocat/finetune"), ("GITHUB_TOKEN", "token"))));

        Assert.Equal("octocat/finetune#42", target!.ToString());
        Assert.DoesNotContain("token", target.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "octocat/finetune", "token")]
    [InlineData(1, null, "token")]
    [InlineData(1, "octocat/finetune", null)]
    [InlineData(1, "octocat/finetune", "")]
    public void Given_AnythingMissing_When_Asked_Then_ThereIsNoTarget(int? issue, string? repository, string? token) =>
        Assert.Null(Target(repository, issue, GitHubAccess.From(Variables(("GITHUB_TOKEN", token)))));

    [Fact]
    public void Given_AStepsOutputFile_When_TheGateIsPassed_Then_LaterStepsGetRunDigestAndAmount()
    {
        var digest = new string('d', 64);
        new GitHubActions(Variables(("GITHUB_OUTPUT", _file))).SetOutputs("run", digest, new Usd(1.51m));

        Assert.Equal($"run_id=run\ndigest={digest}\ndigest_prefix=dddddddddddddddd\nceiling=1.51\n", File.ReadAllText(_file));
    }

    [Fact]
    public void Given_NoActions_When_TheGateIsPassed_Then_ItDoesNotFail() =>
        new GitHubActions(_ => null).SetOutputs("run", "digest", new Usd(1.51m));

    [Theory]
    [InlineData("merge", null, "head")]
    [InlineData("other", false, "other")]
    [InlineData("other", true, null)]
    [InlineData("other", null, null)]
    [InlineData(null, null, null)]
    public void Given_AWorkflowOfAPullRequest_When_ACommitIsNamed_Then_ItIsTheHeadOfWhatItCheckedOut(string? commit, bool? isChanged, string? named)
    {
        File.WriteAllText(_file, """{"pull_request":{"number":42,"head":{"sha":"head"}}}""");
        var access = GitHubAccess.From(Variables(("GITHUB_EVENT_PATH", _file), ("GITHUB_REPOSITORY", "octocat/finetune"), ("GITHUB_SHA", "merge")));

        Assert.Equal(named, GitHubRevision.Named(null, commit, isChanged, access)?.Sha);
    }

    [Theory]
    [InlineData("octocat/finetune", false)]
    [InlineData("mallory/finetune", true)]
    public void Given_APullRequest_When_ItsSourceIsAnotherRepository_Then_ItIsAFork(string source, bool isFork)
    {
        File.WriteAllText(_file, $$$"""{"pull_request":{"number":42,"head":{"sha":"head","repo":{"full_name":"{{{source}}}"} } } }""");

        Assert.Equal(isFork, GitHubAccess.From(Variables(("GITHUB_EVENT_PATH", _file), ("GITHUB_REPOSITORY", "octocat/finetune"))).IsFork);
    }

    private static GitHubTarget? Target(string? repository, int? issue, GitHubAccess access) => GitHubTarget.From(GitHubIssue.Named(repository, issue, access), null, access);

    private static Func<string, string?> Variables(params (string Name, string? Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
