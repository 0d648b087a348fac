using System.Net.Http.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Workflows;

/// <summary>The workflows' own lines, as Actions runs them, in the sandbox.</summary>
public sealed class WorkflowTests : IAsyncLifetime
{
    private readonly Workplace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact(needsBash: true)]
    [Trait("Tier", "all")]
    public async Task Given_TheLaunchWorkflow_When_ItsLinesRunInOrder_Then_TheApprovedDigestIsLaunchedAndAnotherIsRefused()
    {
        var run = new ActionsRun(
            _place, "launch.yml", 1,
            new Dictionary<string, string> { ["github.repository"] = "octocat/finetune", ["github.token"] = "none", ["inputs.environment"] = "sandbox", ["inputs.job"] = "small" },
            new Dictionary<string, string> { ["GITHUB_ACTOR"] = "octocat" });
        (await run.RunAsync("plan"))!.ShouldExitWith(0);

        Assert.Equal("gpu-spend", run.EnvironmentOf("launch"));
        await RefusedAsync("BP1301", variables => variables["DIGEST"] = new string('0', 64));
        string[] environments = [run.EnvironmentOf("launch")];
        await TellGitHubAsync("environments/gpu-spend", new { reviewers = Array.Empty<string>() });
        await ReviewAsync("reviewer");
        await RefusedAsync("BP1311");
        await TellGitHubAsync("environments/gpu-spend", new { reviewers = new[] { "octocat", "reviewer" } });
        await ReviewAsync("octocat");
        await RefusedAsync("BP1313");
        Assert.Empty(await _place.JobsAsync());

        await ReviewAsync("octocat", "reviewer");
        (await run.RunAsync("launch"))!.ShouldExitWith(0);

        _place.ArtifactsFolder = run.Machine;
        Assert.Equal(run.Output("plan", "run_id"), _place.LatestRunId);
        var approval = _place.Run.GetProperty("approval");
        Assert.Equal(run.Output("plan", "digest"), approval.GetProperty("digest").GetString());
        Assert.Equal(("git_hub_environment", "reviewer"), (approval.GetProperty("source").GetString(), approval.GetProperty("approver").GetString()));
        var review = approval.GetProperty("review");
        Assert.Equal(("gpu-spend", "octocat", "looks fine"), (review.GetProperty("environment").GetString(), review.GetProperty("requested_by").GetString(), review.GetProperty("comment").GetString()));
        (await _place.BuildAsync("--target=Verify", $"--approval-key={_place.RunFile("approval-key.pem")}")).ShouldExitWith(0);
        Assert.Contains("Training completed and validated", run.Page, StringComparison.Ordinal);

        async Task RefusedAsync(string error, Action<Dictionary<string, string>>? changed = null) => (await run.RunAsync("launch", changed))!.ShouldExitWith(4, error);
        Task ReviewAsync(params string[] reviewers) => TellGitHubAsync("actions/runs/1", new
        {
            actor = "octocat",
            jobs = new[] { run.NameOf("launch") },
            reviews = reviewers.Select(reviewer => new { environments, state = "approved", reviewer, comment = "looks fine" }),
        });
    }

    private async Task TellGitHubAsync(string what, object value)
    {
        using var http = new HttpClient();
        (await http.PutAsJsonAsync(new Uri(_place.Sandbox().Url, $"/_sandbox/github/repos/octocat/finetune/{what}"), value)).EnsureSuccessStatusCode();
    }
}
