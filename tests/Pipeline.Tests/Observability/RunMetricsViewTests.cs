using BuildPipeline.Checkpoints;
using BuildPipeline.Costing;
using BuildPipeline.Observability;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Stalls;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Observability;

/// <summary>A run whose gate expected 1000 s to the end, with a checkpoint due every 100 s.</summary>
public sealed class RunMetricsViewTests
{
    private static readonly DateTimeOffset Start = TestRuns.Start;

    [Fact]
    public void Given_AJobThatTrains_When_Published_Then_EachValueIsThere()
    {
        var metrics = Metrics(Trains(since: 100), Look(checkpointAt: 250), at: 300);

        Assert.Equal(
            new Dictionary<string, double>
            {
                [RunMetric.Heartbeat] = 1,
                [RunMetric.ElapsedAgainstPlanned] = 30,
                [RunMetric.Interruptions] = 0,
                [RunMetric.Step] = 42,
                [RunMetric.SpendAgainstCeiling] = 50,
                [RunMetric.GpuUtilization] = 80,
                [RunMetric.CheckpointAge] = 50,
                [RunMetric.CheckpointAgeAgainstRhythm] = 50,
            },
            metrics);
    }

    [Theory]
    [InlineData("Starting")]
    [InlineData("Interrupted")]
    [InlineData("Downloading")]
    [InlineData("Uploading")]
    public void Given_AJobThatCannotSave_When_Published_Then_NoCheckpointIsDue(string status) =>
        Assert.DoesNotContain(RunMetric.CheckpointAge, Metrics(Run([new(status, Start, null, null)], status), Look(null), 5000).Keys);

    [Fact]
    public void Given_ALookThatIsOld_When_Published_Then_TheAgeGrows() =>
        Assert.Equal((90, 90), (Metrics(Trains(100), Look(250), 340)[RunMetric.CheckpointAge], Metrics(Trains(100), Look(250), 340)[RunMetric.CheckpointAgeAgainstRhythm]));

    [Fact]
    public void Given_AnHourOnNodes_When_Published_Then_GoodputIsSavedWorkAndWhatIsAtRiskOfIt()
    {
        // Trains for 2 of 3 hours; after the interruption, what the first start had not saved is lost.
        LineageEntry first = new(1, 0, null, Start), second = new(2, 100, new string('a', 64), Start.AddSeconds(7200), 1800);
        var run = Run([new("Training", Start, Start.AddSeconds(3600), null), new("Interrupted", Start.AddSeconds(3600), Start.AddSeconds(7200), null), new("Training", Start.AddSeconds(7200), null, null)], "Training");
        ReadManifest Saved(double at, params LineageEntry[] lineage) => new(Manifests.Of(100, lineage) with { WrittenAt = Start.AddSeconds(at), StallSeconds = 0 }, new string('b', 64));
        var look = Look(9000) with { Manifests = [Saved(1800, first), Saved(9000, first, second)] };

        Assert.Equal(100 * (1800 + 1800 + 1800) / 7200.0, Metrics(run, look with { Verdict = look.Verdict! with { AtRiskSeconds = 1800 } }, 10_800)[RunMetric.Goodput]);
        Assert.DoesNotContain(RunMetric.Goodput, Metrics(run, look with { Verdict = look.Verdict! with { State = ProgressState.Stalled } }, 10_800).Keys);
        Assert.DoesNotContain(RunMetric.Goodput, Metrics(Trains(0), Look(250), 3000).Keys);
    }

    [Theory]
    [InlineData(4000, 2)]
    [InlineData(5000, 1)]
    [InlineData(9000, 0)]
    public void Given_Interruptions_When_AnHourHasPassed_Then_TheyNoLongerCount(double now, int counted)
    {
        var run = Run([new("Interrupted", Start.AddSeconds(600), Start.AddSeconds(700), null), new("Interrupted", Start.AddSeconds(2000), null, null)], "Interrupted");

        Assert.Equal(counted, Metrics(run, Look(null), now)[RunMetric.Interruptions]);
    }

    [Fact]
    public void Given_ALookAtTheJobBefore_When_ANewOneWaits_Then_ItsValuesAreNotTheNewJobs()
    {
        var run = Trains(since: 100);
        var moved = run with { Attempts = [run.CurrentAttempt! with { Outcome = OutcomeKind.Moved }, TestRuns.Intent with { Number = 2, JobName = $"{TestRuns.JobName}-a2" }] };

        Assert.Equal([RunMetric.Heartbeat, RunMetric.ElapsedAgainstPlanned, RunMetric.Interruptions], Metrics(moved, Look(250), 300).Keys);
    }

    [Fact]
    public void Given_NoJobYet_When_Published_Then_OnlyTheHeartbeatIs() =>
        Assert.Equal([RunMetric.Heartbeat], Metrics(TestRuns.Run with { Attempts = [] }, null, 300).Keys);

    [Fact]
    public void Given_AnUnknownPrice_When_Published_Then_NothingOfItIs()
    {
        var metrics = Metrics(Trains(0) with { Cost = TestRuns.Run.Cost }, Look(null) with { Spend = null }, 10);

        Assert.DoesNotContain(RunMetric.ElapsedAgainstPlanned, metrics.Keys);
        Assert.DoesNotContain(RunMetric.SpendAgainstCeiling, metrics.Keys);
    }

    private static Dictionary<string, double> Metrics(RunRecord run, JobProgress? progress, double at) =>
        RunMetricsView.Create(run, progress, Start.AddSeconds(at)).ToDictionary(metric => metric.Name, metric => metric.Value);

    private static RunRecord Trains(double since) => Run([new("Starting", Start, Start.AddSeconds(since), null), new("Training", Start.AddSeconds(since), null, null)], "Training");

    private static RunRecord Run(IReadOnlyList<StatusTransition> transitions, string status) => TestRuns.Run with
    {
        Attempts = [TestRuns.Intent with { SubmittedAt = Start, Status = "InProgress", SecondaryStatus = status, Transitions = transitions }],
        Cost = TestRuns.Run.Cost! with { CostSimulation = Expected },
    };

    private static CostSimulationRecord Expected => new()
    {
        WorkSeconds = 500, ExpectedSeconds = 600, P90Seconds = 700, FinishSeconds = 1000, Interruptions = 0, LostShare = 0, DeadlineRisk = 0,
    };

    private static JobProgress Look(double? checkpointAt) => new()
    {
        JobName = TestRuns.JobName,
        Status = "InProgress",
        SecondaryStatus = "Training",
        CapacityState = "on spot",
        Step = 42,
        Verdict = checkpointAt is { } at
            ? new() { State = ProgressState.Fine, At = Start.AddSeconds(at + 10), CheckpointAt = Start.AddSeconds(at), AtRiskSeconds = 10, DueSeconds = 100 }
            : new() { State = ProgressState.Fine, At = Start, AtRiskSeconds = 0 },
        Spend = new Usd(1.5m),
        Ceiling = new Usd(3m),
        Utilization = [new NodeUtilization("algo-1", 90, 10, 5), new NodeUtilization("algo-2", 70, 10, 5)],
    };
}
