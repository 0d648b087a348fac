using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Approvals;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>A pull request on the sandbox's GitHub: an approver's comment approves what is planned there, and what is planned anew after the merge.</summary>
[Trait("Tier", "all")]
public sealed class CommentTests : IAsyncLifetime
{
    private const string Repository = "sandbox/pipeline";
    private const int PullRequest = 7;
    private const string Issue = "--github-issue=7";

    private readonly Workplace _place = new();
    private readonly HttpClient _http = new();

    public async Task InitializeAsync()
    {
        await _place.HostSandboxAsync();
        await SetAsync($"repos/{Repository}/contents/.github/gpu-approvers", new { content = "# Who may approve\nreviewer\n@acme/payers\n" });
        await SetAsync($"repos/{Repository}/collaborators/reviewer", new { role = "write" });
        await SetAsync($"repos/{Repository}/collaborators/writer", new { role = "maintain" });
        await SetAsync($"repos/{Repository}/pulls/{PullRequest}", new { author = "author" });
        await SetAsync($"repos/{Repository}/actions/runs/1", new { actor = "author", jobs = new[] { "Launch" } });
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _place.DisposeAsync();
    }

    [TerraformFact]
    public async Task Given_APlanOnAPullRequest_When_AnApproverCommentsAndTheMergedCodeIsPlannedAnew_Then_TheCommentLaunchesOneRunAndCommentsSayHowItIsAndStopIt()
    {
        var slow = await _place.SlowerAsync("slow.tfvars", steps: 5000);
        (await _place.BuildAsync("--target=CostGate", Issue, slow)).ShouldExitWith(0).ShouldContain("/approve ");
        var planned = Subject();
        var approve = $"/approve {ApprovalDigest.ComputeContent(planned)} {planned.Ceiling.Amount:0.00}";
        (await CommentAsync("writer", approve)).ShouldExitWith(4, "BP1334");
        (await CommentAsync("helper[bot]", approve)).ShouldExitWith(4, "BP1332");
        (await CommentAsync("reviewer", "Looks fine.")).ShouldExitWith(0);

        // Another machine, after the merge.
        _place.ArtifactsFolder = Path.Combine(Path.GetDirectoryName(_place.ArtifactsFolder)!, "merged");
        (await _place.BuildAsync("--target=CostGate", Issue, slow)).ShouldExitWith(0);
        var merged = Subject();
        Assert.Equal((ApprovalDigest.ComputeContent(planned), true), (ApprovalDigest.ComputeContent(merged), ApprovalDigest.Compute(planned) != ApprovalDigest.Compute(merged)));
        (await LaunchAsync(merged, slow)).ShouldExitWith(4, "BP1332");
        Assert.Empty(await _place.JobsAsync());

        (await CommentAsync("reviewer", approve)).ShouldExitWith(0);
        (await LaunchAsync(merged, slow)).ShouldExitWith(75);
        var approval = _place.Run.GetProperty("approval");
        Assert.Equal(("comment", "reviewer"), (approval.GetProperty("source").GetString(), approval.GetProperty("approver").GetString()));
        (await CommentAsync("writer", $"/status {merged.RunId}")).ShouldExitWith(0);
        (await CommentAsync("writer", $"/stop {merged.RunId}")).ShouldExitWith(4, "BP1334");
        (await CommentAsync("reviewer", $"/stop {merged.RunId}")).ShouldExitWith(0);
        (await _place.BuildAsync("--target=Launch", slow, $"--run={merged.RunId}")).ShouldExitWith(6);

        // What is applied is not planned again, so the comment does not fit the next plan.
        (await InWorkflowAsync("--target=CostGate", Issue, slow)).ShouldExitWith(0).ShouldContain("BP1339");
        (await LaunchAsync(Subject(), slow)).ShouldExitWith(4, "BP1339");
        Assert.Single(await _place.JobsAsync());
        Assert.Equal(6, (await CommentsAsync()).Count(comment => comment.GetProperty("body").GetString()!.StartsWith("http", StringComparison.Ordinal)));
    }

    private Task<Result> LaunchAsync(ApprovalSubject subject, string values) =>
        InWorkflowAsync("--target=Launch", Issue, values, $"--run={subject.RunId}", $"--approve={ApprovalDigest.Compute(subject)}", "--detach", "--interruptions=0");

    // As launch.yml does, in a job without reviewers.
    private Task<Result> InWorkflowAsync(params string[] options) => Workplace.EndAsync(_place.StartDriver(
        options, new Dictionary<string, string> { ["GITHUB_ACTIONS"] = "true", ["GITHUB_REPOSITORY"] = Repository, ["GITHUB_RUN_ID"] = "1", ["GITHUB_RUN_ATTEMPT"] = "1" }));

    // What is up for approval in the newest run.
    private ApprovalSubject Subject() => JsonSerializer.Deserialize<ApprovalSubject>(_place.Run.GetProperty("subject"), RunJson.Compact)!;

    // As commands.yml does.
    private async Task<Result> CommentAsync(string author, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_place.Sandbox().Url, $"/api/v3/repos/{Repository}/issues/{PullRequest}/comments")) { Content = JsonContent.Create(new { body }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", author);
        var created = await (await _http.SendAsync(request)).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>();
        var file = _place.Write("event.json", new JsonObject { ["action"] = "created", ["comment"] = new JsonObject { ["id"] = created!["id"]!.GetValue<long>(), ["body"] = "/stop 20990101-000000-ffff" } }.ToJsonString());
        return await Workplace.EndAsync(_place.StartDriver(["--target=Comment"], new Dictionary<string, string> { ["GITHUB_EVENT_PATH"] = file }));
    }

    private async Task<IReadOnlyList<JsonElement>> CommentsAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_place.Sandbox().Url, $"/api/v3/repos/{Repository}/issues/{PullRequest}/comments?per_page=100"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "octocat");
        return [.. (await (await _http.SendAsync(request)).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray()];
    }

    private async Task SetAsync(string what, object value) => (await _http.PutAsJsonAsync(new Uri(_place.Sandbox().Url, $"/_sandbox/github/{what}"), value)).EnsureSuccessStatusCode();
}
