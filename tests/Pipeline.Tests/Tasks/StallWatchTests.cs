using BuildPipeline.Aws;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Stalls;
using BuildPipeline.Tasks;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class StallWatchTests
{
    [Fact]
    public async Task Given_AStall_When_TheRunOnlyWarns_Then_ItIsInTheLogOnceAndTheJobKeepsRunning()
    {
        using var flow = await TrainingAsync(OnStall.Warn);
        var watch = Watch(flow);

        Assert.False(await watch.ShouldRestartAsync(Look(flow, ProgressState.Stalled, 100), default));
        Assert.False(await watch.ShouldRestartAsync(Look(flow, ProgressState.Stalled, 100), default));

        Assert.Single(await flow.EventsAsync(), kind => kind == "job.stalled");
        Assert.Equal((100, false, null), (Stall(flow).CheckpointStep, Stall(flow).Restarts, Stall(flow).EndedAt));

        await watch.ShouldRestartAsync(Look(flow, ProgressState.Fine, 120), default);
        await watch.ShouldRestartAsync(Look(flow, ProgressState.Fine, 140), default);

        Assert.NotNull(Stall(flow).EndedAt);
        Assert.Single(await flow.EventsAsync(), kind => kind == "job.progressed");
        Assert.Empty(flow.Jobs.Stopped);
    }

    [Fact]
    public async Task Given_AStallOfARunThatMayRestart_When_ItIsNoticed_Then_TheDecisionIsInTheLogBeforeTheJobIsStoppedAndItsSuccessorIsInTheSameMarket()
    {
        using var flow = await TrainingAsync(OnStall.Restart);

        Assert.True(await Watch(flow).ShouldRestartAsync(Look(flow, ProgressState.Stalled, 100), default));

        var decided = (await flow.RecordedAsync()).CurrentAttempt!;
        Assert.Equal((decided.Market, true), (decided.MovingTo, decided.Stall!.Restarts));
        Assert.Empty(flow.Jobs.Stopped);
        Assert.True(await flow.Succession.MoveAsync(default));
        await flow.Submission.RunAsync(default);
        Assert.Equal((OutcomeKind.Moved, 2, decided.Market), (flow.Call.Run.Attempts[0].Outcome, flow.Jobs.Created.Count, flow.Call.Run.CurrentAttempt!.Market));
    }

    [Fact]
    public async Task Given_ARestartThatDidNotHelp_When_TheNextJobStallsAtTheSameCheckpoint_Then_ItIsNotStopped()
    {
        using var flow = await TrainingAsync(OnStall.Restart);
        await Watch(flow).ShouldRestartAsync(Look(flow, ProgressState.Stalled, 100), default);
        await flow.Succession.MoveAsync(default);
        await flow.Submission.RunAsync(default);

        Assert.False(await Watch(flow).ShouldRestartAsync(Look(flow, ProgressState.Stalled, 100), default));
        Assert.True(await Watch(flow).ShouldRestartAsync(Look(flow, ProgressState.Stalled, 120), default));
    }

    [Fact]
    public async Task Given_ARestartForWhichTooLittleIsLeft_When_ItIsDue_Then_TheJobKeepsRunningAndIsNotAskedAgain()
    {
        using var flow = await TrainingAsync(OnStall.Restart);
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { Cost = new Usd(3.58m) }));
        var watch = Watch(flow);
        Assert.True(await watch.ShouldRestartAsync(Look(flow, ProgressState.Stalled, 100), default));

        Assert.False(await flow.Succession.MoveAsync(default));

        Assert.Equal((null, false), (flow.Call.Run.CurrentAttempt!.MovingTo, Stall(flow).Restarts));
        Assert.False(await watch.ShouldRestartAsync(Look(flow, ProgressState.Stalled, 100), default));
        Assert.Empty(flow.Jobs.Stopped);
    }

    [Fact]
    public async Task Given_AFreeze_When_AStallIsNoticed_Then_TheJobIsRestartedAfterTheRelease()
    {
        using var flow = await TrainingAsync(OnStall.Restart);
        await flow.FreezeAsync("research");
        var watch = Watch(flow);

        Assert.False(await watch.ShouldRestartAsync(Look(flow, ProgressState.Stalled, 100), default));
        await flow.Freezes.ReleaseAsync("research", "ben", "found it", default);

        Assert.True(await watch.ShouldRestartAsync(Look(flow, ProgressState.Stalled, 100), default));
    }

    [Fact]
    public async Task Given_AClockThatIsAhead_When_TheServicesTimeSaysOtherwise_Then_ItIsNoStall()
    {
        using var flow = await TrainingAsync(OnStall.Restart);
        var look = Look(flow, ProgressState.Stalled, 100);

        Assert.False(await Watch(flow).ShouldRestartAsync(look with { Verdict = look.Verdict! with { StalledAt = flow.Time.GetUtcNow().AddMinutes(1) } }, default));

        Assert.Null(flow.Call.Run.CurrentAttempt!.Stall);
    }

    private static async Task<FlowFixture> TrainingAsync(OnStall policy)
    {
        var flow = await FlowFixture.PricedAsync();
        var terms = flow.Call.Run.TermsWith() with { OnStall = policy };
        await flow.UpdateAsync(run => run with { Terms = terms, Subject = run.Subject! with { Terms = terms } });
        await flow.Approval.RunAsync(default);
        await flow.UpdateAsync(run => run with { Stage = RunStage.Applied });
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { Status = "InProgress", Cost = new Usd(0.1m) }));
        return flow;
    }

    private static StallWatch Watch(FlowFixture flow) => new(flow.Call, flow.Succession, new ServiceClock(flow.Clients, flow.Time));

    private static StallRecord Stall(FlowFixture flow) => flow.Call.Run.CurrentAttempt!.Stall!;

    private static JobProgress Look(FlowFixture flow, ProgressState state, int step) => new()
    {
        JobName = flow.Call.Run.CurrentAttempt!.JobName, Status = "InProgress", SecondaryStatus = "Training", CapacityState = "",
        Verdict = new() { State = state, Why = state == ProgressState.Fine ? null : "No checkpoint.", At = TestRuns.Start, CheckpointStep = step, AtRiskSeconds = 900 },
    };
}
