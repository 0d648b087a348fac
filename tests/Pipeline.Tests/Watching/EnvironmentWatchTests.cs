using BuildPipeline.Checkpoints;
using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using BuildPipeline.Watching;

namespace BuildPipeline.Pipeline.Tests.Watching;

/// <summary>What a watch asks, and which runs it drives.</summary>
public sealed class EnvironmentWatchTests
{
    private readonly List<WatchNews> _news = [];
    private readonly SteppedTime _time = new(TestRuns.Start);

    [Fact]
    public async Task Given_NoOpenRun_When_Watched_Then_ItEndsAtOnceAndNothingIsListed()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Watch");
        var driver = new StubDriver(_ => ExitCode.Done);

        await Watch(flow, driver).RunAsync(4, _news.Add, default);

        Assert.Empty(driver.Driven);
        Assert.Empty(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_AWatchThatEndsBeforeItHasSearched_When_Asked_Then_ItDoesNotSayThatNoRunIsOpen()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Watch");
        var watch = Watch(flow, new StubDriver(_ => ExitCode.Done));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.RunAsync(4, _news.Add, new CancellationToken(canceled: true)));

        Assert.Null(watch.Open);
    }

    [Fact]
    public async Task Given_ARunWhoseJobRuns_When_ItEnds_Then_TheRunIsDrivenOnceAndClosed()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Watch");
        await flow.Submission.RunAsync(default);
        var run = flow.Call.Run;
        var driver = new StubDriver(_ =>
        {
            flow.UpdateAsync(known => known with { ClosedAt = flow.Time.GetUtcNow() }).GetAwaiter().GetResult();
            return ExitCode.Done;
        });
        var watching = await StartAsync(Watch(flow, driver));
        await PassAsync(flow, watching, polls: 8);
        Assert.Empty(driver.Driven);

        flow.Jobs.Set(run.CurrentAttempt!.JobName, "Completed");
        await PassAsync(flow, watching, polls: 12);
        await watching;

        Assert.Equal([run.RunId], driver.Driven);
        Assert.Equal([WatchEvent.Found, WatchEvent.Driven, WatchEvent.Closed], _news.Select(news => news.Event).Where(known => known != WatchEvent.Changed));
    }

    [Fact]
    public async Task Given_ADriverThatFails_When_Watched_Then_TheRunIsDrivenAgainAfterLongerPausesAndStaysOpen()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Watch");
        await flow.Submission.RunAsync(default);
        flow.Jobs.Set(flow.Call.Run.CurrentAttempt!.JobName, "Failed");
        var driver = new StubDriver(_ => ExitCode.Failed);
        using var end = new CancellationTokenSource();
        var watch = Watch(flow, driver);
        var watching = await StartAsync(watch, end.Token);

        await PassAsync(flow, watching, polls: 60);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);

        Assert.InRange(driver.Driven.Count, 2, 5);
        Assert.Equal([flow.Call.Run.RunId], watch.Open);
    }

    [Fact]
    public async Task Given_ARunWhoseLogCannotBeRead_When_Watched_Then_ItIsNamedAndNotCalledClosed()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Watch");
        await flow.Submission.RunAsync(default);
        var log = $"runs/sandbox/{flow.Call.Run.RunId}";
        Assert.True(flow.State.Remove($"{log}/run.json"));
        flow.State[$"{log}/events/000002.json"] = "{";
        var watch = Watch(flow, new StubDriver(_ => ExitCode.Done));

        await watch.RunAsync(4, _news.Add, default);

        Assert.Equal([(WatchEvent.Unreadable, flow.Call.Run.RunId)], _news.Select(news => (news.Event, news.RunId!)));
        Assert.Equal((0, flow.Call.Run.RunId), (watch.Open!.Count, Assert.Single(watch.Unreadable).RunId));
    }

    [Theory]
    [InlineData(RunState.Launched, true, false, false, false)]
    [InlineData(RunState.Launched, true, true, false, true)]
    [InlineData(RunState.Launched, true, false, true, true)]
    [InlineData(RunState.Launched, false, false, false, true)]
    [InlineData(RunState.Trained, false, false, false, true)]
    [InlineData(RunState.Judged, false, false, false, true)]
    [InlineData(RunState.Failed, false, false, false, true)]
    public void Given_AStateOfARun_When_Judged_Then_ItNeedsADriverOnlyWhereSomethingIsDue(RunState state, bool isInProgress, bool isMoveDue, bool isStalled, bool needed)
    {
        var run = new WatchedRun(InState(state), BuildPipeline.Accounts.PollingOptions.Aws);

        Assert.Equal(state, run.State);
        Assert.Equal(needed, WatchDecision.NeedsDriver(run, isInProgress, isMoveDue, isStalled, TestRuns.Start));
    }

    [Fact]
    public void Given_Failures_When_Counted_Then_ThePauseDoublesUpToItsLimit()
    {
        var (poll, longest) = (TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(15));

        Assert.Equal([60, 120, 240, 480, 900, 900], Enumerable.Range(0, 6).Select(failures => WatchDecision.PauseAfter(failures, poll, longest).TotalSeconds));
        Assert.Equal(longest, WatchDecision.PauseAfter(int.MaxValue, poll, longest));
    }

    private static RunRecord InState(RunState state)
    {
        var attempt = TestRuns.Run.Attempts[^1];
        return state switch
        {
            RunState.Launched => TestRuns.Run with { Attempts = [attempt with { Outcome = null }], Evidence = null, ClosedAt = null },
            RunState.Failed => TestRuns.Run with { Attempts = [attempt with { Outcome = OutcomeKind.Failed }], Evidence = null, ClosedAt = null },
            RunState.Trained => TestRuns.Run with { Attempts = [attempt with { Outcome = OutcomeKind.Completed }], Evidence = null, ClosedAt = null },
            _ => TestRuns.Run with { Attempts = [attempt with { Outcome = OutcomeKind.Completed }], Evidence = new() { Findings = [], Checkpoints = [], Interruptions = [], FinalMetrics = new Dictionary<string, double>() }, ClosedAt = null },
        };
    }

    // Returns once the watch has looked for the first time, and waits.
    private async Task<Task> StartAsync(EnvironmentWatch watch, CancellationToken cancellationToken = default)
    {
        var next = _time.NextWait;
        var watching = watch.RunAsync(4, _news.Add, cancellationToken);
        await next;
        return watching;
    }

    private EnvironmentWatch Watch(FlowFixture flow, IRunDriver driver) =>
        new(new OpenRuns(flow.Reader, flow.HistoryIndexes), new JobList(flow.Clients), new CheckpointReader(flow.Clients), driver, flow.Clients, _time);

    private async Task PassAsync(FlowFixture flow, Task watching, int polls)
    {
        for (var poll = 0; poll < polls; poll++)
        {
            var next = _time.NextWait;
            _time.Advance(flow.Clients.Connection.PollingOptions.Poll);
            await Task.WhenAny(next, watching);
        }
    }

    private sealed class StubDriver(Func<string, ExitCode> drive) : IRunDriver
    {
        public List<string> Driven { get; } = [];

        public Task<ExitCode> DriveAsync(string runId, CancellationToken cancellationToken)
        {
            Driven.Add(runId);
            return Task.FromResult(drive(runId));
        }
    }
}
