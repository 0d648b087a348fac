using Octokit;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>GitHub fails in every call while a run is planned, approved and trained, each time in another way.</summary>
public sealed class GitHubOutageTests : IAsyncLifetime
{
    private const string App = "github-actions[bot]";

    private readonly Workplace _place = new();

    public Task InitializeAsync() => _place.HostSandboxAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_AGitHubThatIsDown_When_ARunEnds_Then_ItSucceedsAndTheNextWatchPostsWhatIsMissingOnce()
    {
        await FailAsync("expired_credentials");
        (await _place.QuickAsync("--target=CostGate")).ShouldExitWith(0);
        await FailAsync("throttle");
        (await _place.BuildAsync("--target=Approve", "--run=latest")).ShouldExitWith(0);
        await FailAsync("internal_error");
        (await _place.BuildAsync("--target=Launch", "--run=latest", "--detach")).ShouldExitWith(75);
        await FailAsync("timeout");
        (await _place.BuildAsync("--target=Launch", "--run=latest", "--interruptions=0")).ShouldExitWith(0);

        await _place.ClearFaultsAsync();
        var gitHub = new GitHubClient(new ProductHeaderValue("test"), _place.Sandbox().Url) { Credentials = new(App) };
        Assert.Empty(await gitHub.Issue.Comment.GetAllForIssue("sandbox", "pipeline", 1));
        Assert.Contains("github.unposted", _place.Events());
        for (var watch = 0; watch < 2; watch++)
        {
            (await _place.BuildAsync("--target=Watch")).ShouldExitWith(0);

            var sha = new string('0', 40);
            var comment = Assert.Single(await gitHub.Issue.Comment.GetAllForIssue("sandbox", "pipeline", 1));
            Assert.Equal((App, comment.CreatedAt), (comment.User.Login, comment.UpdatedAt));
            Assert.EndsWith(await File.ReadAllTextAsync(_place.RunFile("summary.md")), comment.Body, StringComparison.Ordinal);
            Assert.Equal(CommitState.Success, Assert.Single(await gitHub.Repository.Status.GetAll("sandbox", "pipeline", sha)).State.Value);
            Assert.Equal(_place.LatestRunId, Assert.Single((await gitHub.Check.Run.GetAllForReference("sandbox", "pipeline", sha)).CheckRuns).ExternalId);
            var deployment = Assert.Single(await gitHub.Repository.Deployment.GetAll("sandbox", "pipeline"));
            Assert.Equal(DeploymentState.Success, Assert.Single(await gitHub.Repository.Deployment.Status.GetAll("sandbox", "pipeline", deployment.Id)).State.Value);
        }

        Assert.Equal(1, _place.Events().Count(kind => kind == "github.posted"));
    }

    private async Task FailAsync(string kind)
    {
        await _place.ClearFaultsAsync();
        await _place.FaultsAsync(new { service = "github", kind, count = 1000 });
    }
}
