using System.Text.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>A job that trains on while its checkpoints no longer reach S3.</summary>
[Trait("Tier", "all")]
public sealed class StallTests : IAsyncLifetime
{
    private readonly Workplace _place = new();

    public Task InitializeAsync() => _place.HostSandboxAsync();

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact]
    public async Task Given_CheckpointsThatSilentlyStopReachingS3_When_TheRunMayRestart_Then_TheStallIsNamedAndTheJobContinuesFromItsLastCompleteCheckpoint()
    {
        // Longer than the shortest stall of the sandbox, 30 seconds after the last checkpoint.
        (await _place.BuildAsync("--target=Launch", await _place.SlowerAsync("slow.tfvars", steps: 900), "--interruptions=0", "--detach", "--on-stall=restart")).ShouldExitWith(75);
        await Eventually.HoldsAsync(HasCheckpointAsync, everyMilliseconds: 200);
        await _place.FaultsAsync(new { service = "sagemaker", kind = "checkpoint_sync" });

        // What was approved is the run's: the process that follows need not know it, and cannot change it.
        (await _place.BuildAsync("--target=Launch", "--on-stall=warn")).ShouldExitWith(2, "BP1732").ShouldContain("--on-stall=warn");
        (await _place.BuildAsync("--target=Launch")).ShouldExitWith(0).ShouldContain("Stalled: ");

        var attempts = _place.Run.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal(["moved", "completed"], attempts.Select(attempt => attempt.GetProperty("outcome").GetString()));
        var stall = attempts[0].GetProperty("stall");
        Assert.Equal(("not_saved", true), (stall.GetProperty("cause").GetString(), stall.GetProperty("restarts").GetBoolean()));
        Assert.False(attempts[1].TryGetProperty("stall", out _));
        Assert.Equal(stall.GetProperty("checkpoint_step").GetInt32(), LineageOf(_place.Run)[1].GetProperty("from_step").GetInt32());
        Assert.Equal(["job.stalled", "launch.restarting", "launch.moved"], _place.Events().Where(kind => kind is "job.stalled" or "launch.restarting" or "launch.moved"));
        Assert.Contains("Stall of ", await File.ReadAllTextAsync(_place.RunFile("summary.md")), StringComparison.Ordinal);
    }

    private static List<JsonElement> LineageOf(JsonElement run) => [.. run.GetProperty("evidence").GetProperty("lineage").EnumerateArray()];

    private async Task<bool> HasCheckpointAsync()
    {
        using var s3 = _place.CreateS3();
        var page = await s3.ListObjectsV2Async(new() { BucketName = _place.Run.GetProperty("job").GetProperty("artifact_bucket").GetString() });
        return (page.S3Objects ?? []).Any(item => item.Key.Contains("/checkpoints/", StringComparison.Ordinal) && item.Key.EndsWith("manifest.json", StringComparison.Ordinal));
    }
}
