using System.Runtime.InteropServices;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>A signal while a job is watched: at a terminal it is a question, elsewhere it detaches. The job ends only where somebody says so.</summary>
public sealed class JobFollowingTests : IDisposable
{
    private readonly ShutdownSignals _signals = new();
    private int _looks;

    public void Dispose() => _signals.Dispose();

    [Fact]
    public async Task Given_ATerminal_When_TheAnswerIsDetach_Then_TheJobKeepsRunning()
    {
        using var flow = await WatchedAsync();
        SitAtTerminal(flow, ConsoleKey.Enter);

        Assert.Equal(TrainingErrors.StillRunning, await FailAsync(flow));

        AssertRuns(flow);
    }

    [Fact]
    public async Task Given_ATerminal_When_TheAnswerIsStop_Then_TheJobIsStoppedAndWatchedToItsEnd()
    {
        using var flow = await WatchedAsync();
        SitAtTerminal(flow, ConsoleKey.DownArrow, ConsoleKey.Enter);

        await flow.Following.RunAsync(_signals, default);

        Assert.Equal([flow.Call.Run.CurrentAttempt!.JobName], flow.Jobs.Stopped);
        Assert.Equal((OutcomeKind.Stopped, RunStage.Trained), ((await flow.RecordedAsync()).CurrentAttempt!.Outcome, flow.Call.Run.Stage));
        Assert.Equal(["launch.stop_requested", "job.ended"], flow.Events().TakeLast(2));
    }

    [Fact]
    public async Task Given_ATerminal_When_TheAnswerIsToKeepWatching_Then_TheEndIsRecordedAndANewSignalCanCome()
    {
        using var flow = await WatchedAsync("Completed");
        SitAtTerminal(flow, ConsoleKey.DownArrow, ConsoleKey.DownArrow, ConsoleKey.Enter);

        await flow.Following.RunAsync(_signals, default);

        Assert.Equal(OutcomeKind.Completed, (await flow.RecordedAsync()).CurrentAttempt!.Outcome);
        Assert.Empty(flow.Jobs.Stopped);
        Assert.False(_signals.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Given_TheQuestion_When_AnotherSignalComes_Then_NoAnswerIsNeededToLeave()
    {
        using var flow = await WatchedAsync();
        SitAtTerminal(flow);
        flow.Console.Profile.Out = new TerminalOutput(text =>
        {
            if (text.Contains("keep watching", StringComparison.Ordinal))
            {
                _signals.Receive(PosixSignal.SIGINT);
                flow.Console.Input.PushKey(ConsoleKey.DownArrow);
            }
        });

        Assert.Equal(TrainingErrors.StillRunning, await FailAsync(flow));

        AssertRuns(flow);
    }

    [Fact]
    public async Task Given_NoTerminal_When_ASignalComes_Then_NobodyIsAskedAndTheJobKeepsRunning()
    {
        using var flow = await WatchedAsync();
        flow.Console.Input.PushKey(ConsoleKey.DownArrow);
        flow.Console.Input.PushKey(ConsoleKey.Enter);

        Assert.Equal(TrainingErrors.StillRunning, await FailAsync(flow));

        AssertRuns(flow);
    }

    [Fact]
    public async Task Given_AWait_When_ItIsOver_Then_TheJobKeepsRunning()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Launch", "--wait=5m");
        await flow.Submission.RunAsync(default);
        flow.Jobs.OnDescribe = _ => flow.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(TrainingErrors.StillRunning, await FailAsync(flow));

        AssertRuns(flow);
    }

    [Fact]
    public async Task Given_AnInternalErrorOfAws_When_TheJobIsRetried_Then_TheLogSaysSo()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        var name = flow.Call.Run.CurrentAttempt!.JobName;
        flow.Jobs.Transitions.AddRange([TestRuns.Transition("Starting", 0, 10), TestRuns.Transition("Training", 10, 20)]);
        flow.Jobs.OnDescribe = _ =>
        {
            if (++_looks == 2)
            {
                flow.Jobs.Transitions.Add(TestRuns.Transition("Starting", 20, 30));
            }
            else if (_looks == 3)
            {
                flow.Jobs.Set(name, "Completed");
            }
        };

        var following = flow.Following.RunAsync(_signals, default);
        while (!following.IsCompleted)
        {
            flow.Time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        await following;
        Assert.Equal(["job.status", "job.retried", "job.ended"], flow.Events().TakeLast(3));
    }

    [Fact]
    public async Task Given_AnotherProcessThatTakesOver_When_Watching_Then_ThisOneEndsWithoutAQuestion()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        SitAtTerminal(flow);
        using var lost = new CancellationTokenSource();
        flow.Jobs.OnDescribe = _ => lost.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flow.Following.RunAsync(_signals, lost.Token));

        AssertRuns(flow);
    }

    [Theory]
    [InlineData("InProgress", false)]
    [InlineData("Completed", true)]
    public async Task Given_ADetachedLaunch_When_ItsJobIsKnownToHaveEnded_Then_TheEndIsRecordedInsteadOfLeaving(string status, bool recorded)
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Launch", "--detach");
        await flow.Submission.RunAsync(default);
        flow.Jobs.Set(flow.Call.Run.CurrentAttempt!.JobName, status);
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { Status = status }));

        var left = await Record.ExceptionAsync(() => flow.Following.RunAsync(_signals, default));

        Assert.Equal(recorded ? null : TrainingErrors.StillRunning, (left as PipelineException)?.Code);
        Assert.Equal(recorded ? OutcomeKind.Completed : null, flow.Call.Run.CurrentAttempt.Outcome);
    }

    // The first look is answered by a signal; by the second one the job may have ended.
    private async Task<FlowFixture> WatchedAsync(string? second = null)
    {
        var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        flow.Jobs.OnDescribe = job =>
        {
            _looks++;
            if (_looks == 1)
            {
                _signals.Receive(PosixSignal.SIGINT);
            }
            else if (second is not null)
            {
                flow.Jobs.Set(job, second);
            }
        };
        return flow;
    }

    private static void SitAtTerminal(FlowFixture flow, params ConsoleKey[] keys)
    {
        flow.Console.Profile.Capabilities.Interactive = true;
        flow.Console.Profile.Out = new TerminalOutput();
        foreach (var key in keys)
        {
            flow.Console.Input.PushKey(key);
        }
    }

    private async Task<ErrorCode> FailAsync(FlowFixture flow) =>
        (await Assert.ThrowsAsync<PipelineException>(() => flow.Following.RunAsync(_signals, default))).Code;

    private static void AssertRuns(FlowFixture flow)
    {
        Assert.Empty(flow.Jobs.Stopped);
        Assert.Null(flow.Call.Run.CurrentAttempt!.Outcome);
        Assert.DoesNotContain("launch.stop_requested", flow.Events());
    }
}
