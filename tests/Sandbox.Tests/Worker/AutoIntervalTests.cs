using BuildPipeline.Worker.Checkpoints;

namespace BuildPipeline.Sandbox.Tests.Worker;

public sealed class AutoIntervalTests : IDisposable
{
    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    private readonly WorkerJob _job = new();

    public void Dispose() => _job.Dispose();

    [Theory]
    [InlineData(0.8, "checkpoint interval_seconds=75.895 stall_seconds=0.8 time_between_interruptions_seconds=3600.0 after=2")]
    [InlineData(0.0001, "checkpoint interval_seconds=1.0 stall_seconds=0.0001 time_between_interruptions_seconds=3600.0 after=2")]
    [InlineData(100, "checkpoint interval_seconds=1000.0 stall_seconds=100.0 time_between_interruptions_seconds=3600.0 after=2")]
    public void GivenTwoTimesBetweenInterruptions_WhenCorrected_ThenTheirMeanWithTheExpectedOneCountsAndTheBoundsHold(double stall, string line)
    {
        LineageEntry[] lineage = [new(1, 0, null, Noon), new(2, 10, "aa", Noon, 600), new(3, 20, "bb", Noon, 1200)];

        Assert.Equal(line, AutoInterval.Calculate(stall, TimeSpan.FromSeconds(9000), lineage).ToString());
    }

    [Fact]
    public async Task GivenAuto_WhenInterrupted_ThenTheNextStartCorrectsTheIntervalAndSaysSo()
    {
        _job.Hyperparameters["checkpoint_interval"] = "auto";
        _job.Hyperparameters["checkpoint_interval_seconds"] = "3.5";
        _job.Hyperparameters["expected_time_between_interruptions_seconds"] = "9000";
        _job.Hyperparameters["step_delay_ms"] = "20";
        var first = _job.Start();
        var manifest = Path.Combine(first.Node(0), "checkpoints", "step-00000010", CheckpointManifest.FileName);
        await first.UntilAsync(() => File.Exists(manifest));
        await first.InterruptAsync();
        _job.Synchronise(first);
        var before = Newest();

        var last = await _job.RunAsync();

        Assert.Equal((3.5, null), (before.CheckpointIntervalSeconds, before.Lineage[0].FromRanSeconds));
        var after = Newest();
        var ran = (before.WrittenAt - before.Lineage[0].StartedAt).TotalSeconds;
        Assert.Equal(ran, after.Lineage[1].FromRanSeconds!.Value, 1e-6);
        var corrected = AutoInterval.Calculate(before.StallSeconds, TimeSpan.FromSeconds(9000), after.Lineage);
        Assert.Contains($"\n{corrected}\n", last.Outputs[0], StringComparison.Ordinal);
        Assert.Equal(corrected.Interval.TotalSeconds, after.CheckpointIntervalSeconds!.Value, 1e-3);
        Assert.DoesNotContain("checkpoint interval_seconds=", last.Outputs[1], StringComparison.Ordinal);
    }

    private CheckpointManifest Newest() => CheckpointManifest.FromJson(File.ReadAllBytes(Path.Combine(_job.Newest(), CheckpointManifest.FileName)));
}
