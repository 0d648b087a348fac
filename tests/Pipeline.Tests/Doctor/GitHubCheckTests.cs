using BuildPipeline.Doctor;

namespace BuildPipeline.Pipeline.Tests.Doctor;

public sealed class GitHubCheckTests
{
    [Theory]
    [InlineData(GitHubAnswer.Readable, CheckResult.Good, null)]
    [InlineData(GitHubAnswer.NoAnswer, CheckResult.Warning, null)]
    [InlineData(GitHubAnswer.NotConfigured, CheckResult.Warning, null)]
    [InlineData(GitHubAnswer.TokenRejected, CheckResult.Failed, "BP2209")]
    [InlineData(GitHubAnswer.NotFound, CheckResult.Failed, "BP2209")]
    public void Given_AnAnswer_When_Judged_Then_OnlyARefusalFails(GitHubAnswer answer, CheckResult result, string? error)
    {
        var check = GitHubCheck.Judge(answer, "owner/name");

        Assert.Equal((result, error), (check.Result, check.Error?.Id));
    }

    [Theory]
    [InlineData(null, "owner/name")]
    [InlineData("", "owner/name")]
    [InlineData("token", null)]
    [InlineData("token", "name")]
    public async Task Given_NoTokenOrRepository_When_Asked_Then_GitHubIsNot(string? token, string? repository) => Assert.Equal(
        GitHubAnswer.NotConfigured, await GitHubCheck.AskAsync(new Uri("http://127.0.0.1:9/"), token, repository, CancellationToken.None));

    [Fact]
    public async Task Given_AnAddressThatDoesNotAnswer_When_Asked_Then_ItIsNoRefusal() => Assert.Equal(
        GitHubAnswer.NoAnswer, await GitHubCheck.AskAsync(new Uri("http://127.0.0.1:9/"), "token", "owner/name", CancellationToken.None));
}
