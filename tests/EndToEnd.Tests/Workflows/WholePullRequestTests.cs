using System.Net.Http.Json;
using System.Text.Json.Nodes;
using BuildPipeline.EndToEnd.Tests.Pipeline;
using Octokit;

namespace BuildPipeline.EndToEnd.Tests.Workflows;

/// <summary>A whole pull request on the sandbox's GitHub: every line of its workflows runs as Actions runs it, and what GitHub shows at the end is read back.</summary>
public sealed class WholePullRequestTests : IAsyncLifetime
{
    private const string Owner = "sandbox";
    private const string Name = "pipeline";
    private const string App = "github-actions[bot]";
    private const int PullRequest = 1;

    /// <summary>The sandbox's pull requests all have this commit.</summary>
    private static readonly string Commit = new('0', 40);

    private readonly Workplace _place = new();
    private int _runs = 100;

    public async Task InitializeAsync()
    {
        await _place.HostSandboxAsync();
        await SetAsync($"repos/{Owner}/{Name}/contents/.github/gpu-approvers", new { content = "reviewer\n" });
        await SetAsync($"repos/{Owner}/{Name}/collaborators/reviewer", new { role = "write" });
        await SetAsync($"repos/{Owner}/{Name}/pulls/{PullRequest}", new { author = "octocat" });
    }

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact(needsBash: true)]
    [Trait("Tier", "all")]
    public async Task Given_APullRequest_When_ItIsPlannedApprovedLaunchedAndWatchedOnNewMachines_Then_GitHubShowsAllOfIt()
    {
        var plan = Start("plan.yml", "octocat", new JsonObject { ["pull_request"] = new JsonObject { ["number"] = PullRequest, ["head"] = new JsonObject { ["sha"] = Commit } } });
        (await plan.RunAsync("plan"))!.ShouldExitWith(0);
        var gitHub = As(App);
        var planned = Assert.Single(await gitHub.Issue.Comment.GetAllForIssue(Owner, Name, PullRequest));
        Assert.Equal(App, planned.User.Login);
        Assert.Equal(CommitState.Pending, (await StatusAsync(gitHub)).State.Value);
        Assert.Equal(CheckConclusion.Success, Assert.Single((await gitHub.Check.Run.GetAllForReference(Owner, Name, Commit)).CheckRuns).Conclusion?.Value);
        Assert.Empty(await gitHub.Repository.Deployment.GetAll(Owner, Name));

        var approve = planned.Body.Split('\n', '`').Select(line => line.Trim()).First(line => line.StartsWith("/approve ", StringComparison.Ordinal));
        (await CommentAsync("octocat", approve)).ShouldExitWith(4);
        (await CommentAsync("reviewer", approve)).ShouldExitWith(0);
        Assert.Null(await Command("reviewer", "Looks fine.").RunAsync("command"));

        var launch = Start("launch.yml", "octocat", new JsonObject(), ("inputs.environment", "sandbox"), ("inputs.pull-request", $"{PullRequest}"));
        await SetAsync($"repos/{Owner}/{Name}/actions/runs/{launch.Id}", new { actor = "octocat" });
        (await launch.RunAsync("plan"))!.ShouldExitWith(0);
        Assert.True(launch.EnvironmentOf("launch") == "gpu-launch", launch.Log);
        // This sandbox outlives its machine, as an account does.
        (await launch.RunAsync("launch", variables => variables["FOLLOW"] = "--detach"))!.ShouldExitWith(0);
        var job = Assert.Single(await _place.JobsAsync());
        Assert.Equal(CommitState.Pending, (await StatusAsync(gitHub)).State.Value);

        // Two machines are lost, the third is there at the end.
        await WatchAsync(lostAfter: 12);
        await WatchAsync(lostAfter: 12);
        (await WatchAsync(lostAfter: null))!.ShouldExitWith(0);

        Assert.Equal([job], await _place.JobsAsync());
        _place.ArtifactsFolder = launch.Machine;
        var approval = _place.Run.GetProperty("approval");
        Assert.Equal(("comment", "reviewer", launch.Output("plan", "digest")), (approval.GetProperty("source").GetString(), approval.GetProperty("approver").GetString(), approval.GetProperty("digest").GetString()));
        var receipt = Assert.Single(await gitHub.Issue.Comment.GetAllForIssue(Owner, Name, PullRequest), comment => comment.Body.StartsWith($"<!-- pipeline-run:{launch.Output("plan", "run_id")}", StringComparison.Ordinal));
        Assert.Equal(App, receipt.User.Login);
        Assert.True(receipt.Body.Contains("alidated", StringComparison.Ordinal), receipt.Body);
        Assert.Equal(CommitState.Success, (await StatusAsync(gitHub)).State.Value);
        Assert.All((await gitHub.Check.Run.GetAllForReference(Owner, Name, Commit)).CheckRuns, check => Assert.Equal((CheckStatus.Completed, CheckConclusion.Success), (check.Status.Value, check.Conclusion!.Value.Value)));
        var deployment = Assert.Single(await gitHub.Repository.Deployment.GetAll(Owner, Name));
        Assert.Equal(("sandbox", DeploymentState.Success), (deployment.Environment, (await gitHub.Repository.Deployment.Status.GetAll(Owner, Name, deployment.Id))[0].State.Value));
        Assert.Contains("Training", launch.Page, StringComparison.Ordinal);

        var cleanup = Start("cleanup.yml", "octocat", new JsonObject(), ("inputs.environment", "sandbox"));
        (await cleanup.RunAsync("cleanup"))!.ShouldExitWith(0);
    }

    private GitHubClient As(string login) => new(new Octokit.ProductHeaderValue("test"), _place.Sandbox().Url) { Credentials = new(login) };

    private Task<Result?> WatchAsync(int? lostAfter) =>
        Start("watch.yml", App, new JsonObject(), ("vars.WATCH_ENVIRONMENT", "sandbox")).RunAsync("watch", lostAfter: lostAfter);

    private static async Task<CommitStatus> StatusAsync(GitHubClient gitHub) =>
        (await gitHub.Repository.Status.GetAll(Owner, Name, Commit))[0];

    private async Task<Result> CommentAsync(string author, string body)
    {
        var comment = await As(author).Issue.Comment.Create(Owner, Name, PullRequest, body);
        return (await Command(author, body, comment.Id).RunAsync("command"))!;
    }

    private ActionsRun Command(string author, string body, long id = 0) => Start(
        "commands.yml", author,
        new JsonObject { ["action"] = "created", ["issue"] = new JsonObject { ["number"] = PullRequest }, ["comment"] = new JsonObject { ["id"] = id, ["body"] = body } },
        ("github.event.comment.body", body));

    private ActionsRun Start(string workflow, string actor, JsonObject payload, params (string Name, string Value)[] values)
    {
        var id = ++_runs;
        return new ActionsRun(
            _place, workflow, id,
            new Dictionary<string, string>(values.Select(value => KeyValuePair.Create(value.Name, value.Value))) { ["github.repository"] = $"{Owner}/{Name}", ["github.token"] = App },
            new Dictionary<string, string> { ["GITHUB_ACTOR"] = actor, ["GITHUB_SHA"] = Commit, ["GITHUB_EVENT_PATH"] = _place.Write($"event-{id}.json", payload.ToJsonString()) });
    }

    private async Task SetAsync(string what, object value)
    {
        using var http = new HttpClient();
        (await http.PutAsJsonAsync(new Uri(_place.Sandbox().Url, $"/_sandbox/github/{what}"), value)).EnsureSuccessStatusCode();
    }
}
