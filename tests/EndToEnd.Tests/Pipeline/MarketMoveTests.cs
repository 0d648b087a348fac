namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Moves between spot and on-demand that depend on what is left of time and money.</summary>
[Trait("Tier", "all")]
public sealed class MarketMoveTests : SpotOutage
{
    [TerraformFact]
    public async Task Given_AMoveForWhichTooLittleIsLeft_When_ItIsDue_Then_TheJobIsNotStoppedForIt()
    {
        await SetTraceAsync([.. Enumerable.Repeat(2, 600)]);

        // A minute is the least that is bought, and the job on spot has used some of the only one. This policy moves at its first look.
        (await Place.BuildAsync(["--target=Launch", Slow, "--policy=on-demand", "--var=max_runtime_seconds=60", .. Hurried])).ShouldExitWith(0).ShouldContain("BP1212");

        Assert.Equal("spot", Assert.Single(Place.Run.GetProperty("attempts").EnumerateArray()).GetProperty("market").GetString());
        Assert.Contains("launch.move_refused", await File.ReadAllTextAsync(Place.RunFile("events.jsonl")), StringComparison.Ordinal);
    }

    [TerraformFact]
    public async Task Given_SpotThatComesBack_When_TheJobHasMovedToOnDemandWithTimeToSpare_Then_ItMovesBackAndIsDoneInTime()
    {
        await SetTraceAsync([.. Enumerable.Repeat(0, 12), .. Enumerable.Repeat(2, 600)]);

        (await Place.BuildAsync("--target=Launch", await Place.SlowerAsync("long.tfvars", steps: 600), "--policy=uniform-progress", "--deadline=150s", "--var=expected_runtime_seconds=36"))
            .ShouldExitWith(0);

        var attempts = Place.Run.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal(["spot", "on_demand", "spot"], attempts.Select(attempt => attempt.GetProperty("market").GetString()));
        Assert.True(attempts[2].GetProperty("billable_seconds").GetInt32() > 0);
        Assert.Contains(": met, with ", await File.ReadAllTextAsync(Place.RunFile("summary.md")), StringComparison.Ordinal);
        await Place.AssertTrackedAsync("FINISHED");
    }
}
