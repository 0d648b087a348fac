using BuildPipeline.Accounts;
using BuildPipeline.Checkpoints;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Stalls;
using BuildPipeline.Watching;

namespace BuildPipeline.Pipeline.Tests.Watching;

/// <summary>A watched job that is asked for a checkpoint every 10 minutes.</summary>
public sealed class WatchedProgressTests
{
    private static readonly DateTimeOffset Start = TestRuns.Start;

    [Fact]
    public void Given_ARunThatSaves_When_WatchedForADay_Then_ItsCheckpointsAreReadOnceInThreeIntervalsAndItIsNotStalled()
    {
        var (progress, reads) = (Progress(null), 0);
        for (var minute = 0.0; minute < 1440; minute += 0.25)
        {
            Assert.False(Poll(progress, minute, newest: minute >= 16 ? minute - (minute % 10) : null, ref reads), $"minute {minute}");
        }

        Assert.InRange(reads, 20, 80);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(OnStall.Warn, 1)]
    [InlineData(OnStall.Restart, 4)]
    public void Given_ARunThatStopsSaving_When_Watched_Then_ADriverIsNeededOnceAndWhereItIsToRestartAgainAndAgain(OnStall? policy, int calls)
    {
        var (progress, reads, driven) = (Progress(policy), 0, 0);
        for (var minute = 0.0; minute < 105; minute += 0.25)
        {
            if (Poll(progress, minute, newest: 20, ref reads))
            {
                // The driver records the stall, and the watch starts anew with what the log has.
                driven++;
                progress = Progress(policy, new StallRecord(Start, 2, null, ""));
                Assert.InRange(minute, 50, 105);
            }
        }

        Assert.Equal(calls, driven);
    }

    [Fact]
    public void Given_AJobThatWaitsForCapacity_When_Watched_Then_NothingIsReadAndNothingIsStalled()
    {
        var (progress, reads) = (Progress(OnStall.Restart), 0);
        for (var minute = 0; minute < 10_000; minute += 10)
        {
            Assert.False(Poll(progress, minute, newest: null, ref reads, minute < 20 ? "Training" : "Starting"));
        }

        Assert.Equal(0, reads);
    }

    private static bool Poll(WatchedProgress progress, double minute, double? newest, ref int reads, string status = "Training")
    {
        var now = Start.AddMinutes(minute);
        progress.Saw(status, now);
        if (progress.IsReadingDue(now))
        {
            reads++;
            progress.Read(newest is { } at && at <= minute ? [Stored(at)] : [], now);
        }

        return progress.IsStalled(now);
    }

    private static StoredCheckpoint Stored(double at)
    {
        var step = (int)(at / 10);
        var manifest = Manifests.Of(step, new LineageEntry(1, 0, null, Start)) with { WrittenAt = Start.AddMinutes(at) };
        return new("s3://b/c/", step, CheckpointState.Complete, manifest, null, new(new(step, "k", null, Start.AddMinutes(at)), []));
    }

    private static WatchedProgress Progress(OnStall? policy, StallRecord? stall = null)
    {
        var attempt = TestRuns.Intent with { Checkpoints = new(true, 600, 1, 9000, ""), Stall = stall, Transitions = [new("Training", Start, null, null)] };
        return new(TestRuns.Run with { Attempts = [attempt], Terms = new("spot-only", null, policy) }, PollingOptions.Aws);
    }
}
