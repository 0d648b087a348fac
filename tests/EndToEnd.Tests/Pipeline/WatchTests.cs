using System.Text.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Nobody follows a run but a watch on another machine.</summary>
public sealed class WatchTests : SpotOutage
{
    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_ADetachedRunWithADeadline_When_WatchedFromAnotherFolderDuringAnOutage_Then_ItMovesAndIsClosedInTime()
    {
        (await Place.BuildAsync(["--target=Launch", Slow, "--detach", .. Hurried])).ShouldExitWith(75);
        var folder = Place.ArtifactsFolder + "-other";
        Task<Result> WatchAsync(string options) => Workplace.EndAsync(Workplace.StartShell(
            $"./build.sh --target=Watch {options} --artifacts={folder} --sandbox-state={Place.SandboxState}", new Dictionary<string, string>()));

        (await WatchAsync("--for=5s")).ShouldExitWith(75, "BP2501").ShouldContain(Place.LatestRunId);
        (await WatchAsync("--for=3m")).ShouldExitWith(0).ShouldContain("1 run closed");

        using var run = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "runs", Place.LatestRunId, "run.json")));
        Assert.Equal(["spot", "on_demand"], run.RootElement.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("market").GetString()));
        Assert.Equal("done", run.RootElement.GetProperty("exit_code").GetString());
        Assert.Contains(": met, with ", await File.ReadAllTextAsync(Path.Combine(folder, "runs", Place.LatestRunId, "summary.md")), StringComparison.Ordinal);
        Assert.Equal(2, (await Place.JobsAsync()).Count);
    }
}
