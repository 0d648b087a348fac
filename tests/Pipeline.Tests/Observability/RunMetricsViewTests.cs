using BuildPipeline.Costing;
using BuildPipeline.Observability;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Observability;

/// <summary>A run whose gate expected 1000 s to the end, with a checkpoint every 60 s, and 40 s for a restart.</summary>
public sealed class RunMetricsViewTests
{
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(40);
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
                [RunMetric.CheckpointAgeAgainstPlanned] = 50,
            },
            metrics);
    }

    [Theory]
    [InlineData(100, null, 300, 200)]
    [InlineData(100, 90.0, 300, 200)]
    [InlineData(100, 290.0, 300, 10)]
    [InlineData(100, 310.0, 300, 0)]
    public void Given_ACheckpoint_When_TheJobTrainsAgainAfterIt_Then_ItsAgeCountsFromThere(double since, double? saved, double now, double age) =>
        Assert.Equal(age, Metrics(Trains(since), Look(saved), now)[RunMetric.CheckpointAge]);

    [Theory]
    [InlineData("Starting")]
    [InlineData("Interrupted")]
    [InlineData("Downloading")]
    [InlineData("Uploading")]
    public void Given_AJobThatCannotSave_When_Published_Then_NoCheckpointIsOverdue(string status) =>
        Assert.DoesNotContain(RunMetric.CheckpointAge, Metrics(Run([new(status, Start, null, null)], status), Look(null), 5000).Keys);

    [Fact]
    public void Given_NoCheckpointsByTime_When_Published_Then_NoneIsOverdue()
    {
        var run = Trains(since: 0);
        var asked = run.WithCurrentAttempt(run.CurrentAttempt! with { Checkpoints = run.CurrentAttempt.Checkpoints! with { IntervalSeconds = 0 } });

        Assert.DoesNotContain(RunMetric.CheckpointAgeAgainstPlanned, Metrics(asked, Look(null), 5000).Keys);
    }

    [Fact]
    public void Given_AShortInterval_When_Published_Then_NothingIsDueBeforeAMinuteIsOver()
    {
        var run = Trains(since: 0);
        var asked = run.WithCurrentAttempt(run.CurrentAttempt! with { Checkpoints = run.CurrentAttempt.Checkpoints! with { IntervalSeconds = 1 } });

        Assert.Equal(100, Metrics(asked, Look(null), 60)[RunMetric.CheckpointAgeAgainstPlanned]);
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
        RunMetricsView.Create(run, progress, Restart, Start.AddSeconds(at)).ToDictionary(metric => metric.Name, metric => metric.Value);

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
        CheckpointAt = checkpointAt is { } at ? Start.AddSeconds(at) : null,
        Spend = new Usd(1.5m),
        Ceiling = new Usd(3m),
        Utilization = [new NodeUtilization("algo-1", 90, 10, 5), new NodeUtilization("algo-2", 70, 10, 5)],
    };
}
