using System.Text.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>A run that nobody of the team continues: the keeper does, started by what happens to the job, as its role, with the policies enforced.</summary>
[Trait("Tier", "all")]
public sealed class KeeperRunTests : SpotOutage
{
    private const string Token = "token-of-the-keeper";

    private const string Variables = """
        permissions_boundary_arn = "arn:aws:iam::000000000000:policy/finetune-sandbox-boundary"
        keeper                   = { repository = "sandbox/pipeline", github_token = "ssm:/sandbox/github-token", schedule_minutes = 1, watch_minutes = 3 }
        """;

    [TerraformFact(needsBash: true)]
    public async Task Given_ADetachedRunWithADeadline_When_EveryMachineIsGone_Then_TheKeeperMovesItInTimeClosesItAndPostsItsReceipt()
    {
        (await Place.BuildAsync(["--target=Launch", Slow, .. Values, "--detach", "--github-issue=7", .. Hurried])).ShouldExitWith(75);

        await Eventually.HoldsAsync(async () => (await ReadAsync("run.json")).RootElement.TryGetProperty("closed_at", out _), seconds: 180, everyMilliseconds: 500);

        using var run = await ReadAsync("run.json");
        Assert.Equal(["spot", "on_demand"], run.RootElement.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("market").GetString()));
        Assert.Equal("done", run.RootElement.GetProperty("exit_code").GetString());
        Assert.Equal(2, (await Place.JobsAsync()).Count);
        var receipt = await TextAsync("summary.md");
        Assert.Contains(": met, with ", receipt, StringComparison.Ordinal);
        Assert.Equal([$"<!-- pipeline-run:{Place.LatestRunId} -->\n{receipt}"], await CommentsAsync(issue: 7));
        Assert.All((await Place.ResourcesAsync()).GetProperty("builds").EnumerateArray(), build => Assert.StartsWith("rule/finetune-sandbox-keeper-", build.GetProperty("initiator").GetString(), StringComparison.Ordinal));
    }

    protected override async Task<string[]> PrepareAsync()
    {
        (await Place.BuildAsync("--target=Bootstrap")).ShouldExitWith(0);
        var values = $"--var-file={Place.Write("keeper.tfvars", Variables)}";
        await AppliedRoles.ApplyAsync(Place, values);
        await SandboxParameters.PutAsync(Place, "/sandbox/github-token", Token);
        return [values];
    }

    private async Task<JsonDocument> ReadAsync(string file) => JsonDocument.Parse(await TextAsync(file));

    private async Task<string> TextAsync(string file)
    {
        using var s3 = Place.CreateS3();
        using var found = await s3.GetObjectAsync("sandbox-terraform-state", $"runs/sandbox/{Place.LatestRunId}/{file}");
        using var reader = new StreamReader(found.ResponseStream);
        return await reader.ReadToEndAsync();
    }

    private async Task<IReadOnlyList<string>> CommentsAsync(int issue)
    {
        using var http = new HttpClient { BaseAddress = Place.Sandbox().Url };
        http.DefaultRequestHeaders.Add("Authorization", "token sandbox");
        http.DefaultRequestHeaders.Add("User-Agent", "test");
        using var comments = JsonDocument.Parse(await http.GetStringAsync($"/api/v3/repos/sandbox/pipeline/issues/{issue}/comments"));
        return [.. comments.RootElement.EnumerateArray().Select(comment => comment.GetProperty("body").GetString()!)];
    }
}
