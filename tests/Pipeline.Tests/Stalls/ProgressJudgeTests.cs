using BuildPipeline.Stalls;

namespace BuildPipeline.Pipeline.Tests.Stalls;

/// <summary>A run that is asked for a checkpoint every 10 minutes; all times are minutes after its start.</summary>
public sealed class ProgressJudgeTests
{
    private static readonly DateTimeOffset Start = Sample.Noon;

    [Theory]
    [InlineData(9, ProgressState.Fine)]
    [InlineData(19.9, ProgressState.Fine)]
    [InlineData(20, ProgressState.Slow)]
    [InlineData(29.9, ProgressState.Slow)]
    [InlineData(30, ProgressState.Stalled)]
    public void Given_NoCheckpointSinceTheLast_When_ItsAgeGrows_Then_ItIsSlowAtTwiceAndStalledAtThreeTimesTheRhythm(double age, ProgressState state)
    {
        var verdict = Judge(50 + age, saved: [(100, 20), (200, 30), (300, 40), (400, 50)]);

        Assert.Equal((state, age * 60, 600.0, At(80)), (verdict.State, verdict.AtRiskSeconds, verdict.DueSeconds, verdict.StalledAt));
        Assert.Equal(state == ProgressState.Fine, verdict.Why is null);
    }

    [Fact]
    public void Given_ARunThatSavesLessOftenThanAsked_When_Judged_Then_ItsOwnRhythmCounts()
    {
        // Every 25 minutes: after 45 this run is fine, and at 75 it has stalled.
        var saved = new (int, double)[] { (100, 30), (200, 55), (300, 80) };

        Assert.Equal(ProgressState.Fine, Judge(125, saved).State);
        Assert.Equal((ProgressState.Stalled, 1500.0), (Judge(155, saved).State, Judge(155, saved).DueSeconds));
    }

    [Fact]
    public void Given_OneLongGapAmongShortOnes_When_Judged_Then_TheRhythmIsNotSlowerForIt() =>
        Assert.Equal(600, Judge(130, saved: [(100, 20), (200, 30), (300, 40), (400, 90), (500, 100), (600, 110)]).DueSeconds);

    [Theory]
    [InlineData(40, ProgressState.Fine)]
    [InlineData(100 + 30, ProgressState.Fine)]
    [InlineData(100 + 32, ProgressState.Slow)]
    [InlineData(100 + 48, ProgressState.Stalled)]
    public void Given_AJobThatTrainsAgainAfterAWait_When_Judged_Then_TheWaitAndTheRestartAreNoStall(double at, ProgressState state)
    {
        // Interrupted at minute 30, again at 100: until its first checkpoint, six minutes of restart are added.
        var verdict = Judge(at, saved: [(100, 20), (200, 29)], training: at < 100 ? [(0, 30)] : [(0, 30), (100, null)]);

        Assert.Equal(state, verdict.State);
        Assert.Equal(at < 100 ? 0 : (at - 100) * 60, verdict.AtRiskSeconds);
    }

    [Fact]
    public void Given_AJobThatSavesNothingAtAll_When_Judged_Then_ItStallsAfterThreeTimesIntervalAndRestart()
    {
        Assert.Equal(ProgressState.Slow, Judge(47, saved: []).State);
        Assert.Equal((ProgressState.Stalled, (int?)null), (Judge(48, saved: []).State, Judge(48, saved: []).CheckpointStep));
    }

    [Fact]
    public void Given_TheSameStepSavedAgainAndAgain_When_Judged_Then_ItIsNoProgress() =>
        Assert.Equal((ProgressState.Stalled, 30 * 60.0), (Judge(60, saved: [(100, 20), (200, 30), (200, 40), (200, 50), (200, 59)]).State, Judge(60, saved: [(100, 20), (200, 30), (200, 59)]).AtRiskSeconds));

    [Fact]
    public void Given_NoIntervalAndNoRhythmYet_When_Judged_Then_NothingIsExpected()
    {
        Assert.Equal((ProgressState.Fine, (double?)null), (Judge(900, saved: [(100, 20), (200, 30)], asked: 0).State, Judge(900, saved: [(100, 20), (200, 30)], asked: null).DueSeconds));
        Assert.Equal(ProgressState.Stalled, Judge(80, saved: [(100, 20), (200, 30), (300, 40), (400, 50)], asked: null).State);
    }

    [Fact]
    public void Given_AFastRhythm_When_Judged_Then_AShortSilenceIsNoStall()
    {
        var saved = new (int, double)[] { (1, 1), (2, 1.1), (3, 1.2), (4, 1.3) };

        Assert.Equal(ProgressState.Fine, Judge(1.3 + 3.3, saved, asked: 6).State);
        Assert.Equal(ProgressState.Stalled, Judge(1.3 + 5.1, saved, asked: 6).State);
    }

    [Fact]
    public void Given_StepsAtHalfTheRate_When_Saved_Then_ItIsSlow()
    {
        var verdict = Judge(61, saved: [(100, 20), (200, 30), (300, 40), (400, 50), (450, 60)]);

        Assert.Equal((ProgressState.Slow, StallCause.SlowSteps), (verdict.State, verdict.Cause));
        Assert.Equal(ProgressState.Fine, Judge(61, saved: [(100, 20), (200, 30), (300, 40), (400, 50), (460, 60)]).State);
    }

    [Theory]
    [InlineData(75.0, StallCause.NotSaved)]
    [InlineData(60.0, StallCause.NoSteps)]
    [InlineData(null, StallCause.NoSteps)]
    public void Given_AStall_When_TheLogIsRead_Then_ItIsNamed(double? changed, StallCause cause) =>
        Assert.Equal(cause, Judge(80, saved: [(100, 40), (200, 50)], log: new(Start, 240, changed is { } at ? At(at) : null)).Cause);

    [Fact]
    public void Given_AStall_When_TheLogIsNotReadOrOnlySince_Then_NoCauseIsNamed()
    {
        Assert.Null(Judge(80, saved: [(100, 40), (200, 50)]).Cause);
        Assert.Null(Judge(80, saved: [(100, 40), (200, 50)], log: new(At(79), 240, null)).Cause);
    }

    [Fact]
    public void Given_AKnownEnd_When_Judged_Then_TheTimeOfTheEndFollowsFromTheRunsOwnRate()
    {
        // 600 steps are left, at ten a minute.
        Assert.Equal(At(110), Judge(55, saved: [(100, 20), (200, 30), (300, 40), (400, 50)], total: 1000).DoneAt);
        Assert.Equal(At(106 + 80), Judge(105, saved: [(100, 20), (200, 30)], training: [(0, 35), (100, null)], total: 1000).DoneAt);
        Assert.Null(Judge(80, saved: [(100, 20), (200, 30), (300, 40), (400, 50)], total: 1000).DoneAt);
        Assert.Null(Judge(55, saved: [(400, 50)], total: 1000).DoneAt);
        Assert.Null(Judge(55, saved: [(300, 40), (400, 50)], total: 1000, training: [(0, 52)]).DoneAt);
    }

    [Fact]
    public void Given_TheLastStepSaved_When_TheProgramEvaluates_Then_NoFurtherCheckpointIsDue()
    {
        Assert.Null(Judge(300, saved: [(300, 40), (400, 50)], total: 400).DueSeconds);
        Assert.Equal(ProgressState.Stalled, Judge(300, saved: [(300, 40), (399, 50)], total: 400).State);
    }

    private static DateTimeOffset At(double minutes) => Start.AddMinutes(minutes);

    private static ProgressVerdict Judge(
        double now, (int Step, double At)[] saved, (double From, double? To)[]? training = null, double? asked = 600, int? total = null, LoggedSteps? log = null) => ProgressJudge.Judge(new()
    {
        Now = At(now),
        Training = [.. (training ?? [(0, null)]).Select(period => new TrainingPeriod(At(period.From), period.To is { } to ? At(to) : null))],
        Saved = [.. saved.Select(each => new SavedStep(each.Step, At(each.At)))],
        AskedSeconds = asked,
        ExpectedRestart = TimeSpan.FromMinutes(6),
        ShortestStall = TimeSpan.FromMinutes(5),
        TotalSteps = total,
        Log = log,
    });
}
