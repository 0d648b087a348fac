using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Spot;
using BuildPipeline.Tasks;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class MarketMoverTests
{
    [Fact]
    public async Task Given_AJobThatHasToMove_When_ItIsMoved_Then_ItIsStoppedAndOnlyThenHasASuccessor()
    {
        using var flow = await MovingAsync();
        var first = flow.Call.Run.CurrentAttempt!.JobName;

        Assert.True(await flow.Succession.MoveAsync(default));
        Assert.Equal((OutcomeKind.Moved, first), (flow.Call.Run.CurrentAttempt!.Outcome, Assert.Single(flow.Jobs.Stopped)));
        Assert.Single(flow.Jobs.Created);

        flow.Jobs.OnCreate = _ => Assert.Equal([first], flow.Jobs.Stopped);
        await flow.Submission.RunAsync(default);
        Assert.Equal((2, Market.OnDemand), (flow.Jobs.Created.Count, flow.Call.Run.CurrentAttempt!.Market));
    }

    [Fact]
    public async Task Given_NoDollarsForASuccessor_When_TheJobIsToBeMoved_Then_ItKeepsRunningAndIsNotAskedAgain()
    {
        using var flow = await MovingAsync();
        await flow.UpdateAsync(run => run with { Attempts = [run.Attempts[0] with { Cost = new Usd(3.58m) }] });
        var mover = Mover(flow);

        Assert.False(await flow.Succession.MoveAsync(default));

        Assert.Empty(flow.Jobs.Stopped);
        Assert.Null(flow.Call.Run.CurrentAttempt!.MovingTo);
        Assert.Null(mover.Watch());
    }

    [Fact]
    public async Task Given_UploadsThatWereReplaced_When_TheJobIsToBeMoved_Then_ItKeepsRunning()
    {
        using var flow = await MovingAsync();
        flow.Bucket.Put(flow.Bucket.Puts[0].Key, "replaced"u8.ToArray());

        Assert.False(await flow.Succession.MoveAsync(default));

        Assert.Empty(flow.Jobs.Stopped);
    }

    [Fact]
    public async Task Given_AFreezeAfterTheDecision_When_TheJobIsToBeMoved_Then_ItKeepsRunningUnderThisLaunchAndMovesAfterTheRelease()
    {
        using var flow = await MovingAsync();
        var mover = Mover(flow);
        await flow.FreezeAsync();

        Assert.False(await flow.Succession.MoveAsync(default));

        Assert.Empty(flow.Jobs.Stopped);
        Assert.NotNull(mover.Watch());
        Assert.Contains("--target=Unfreeze", flow.Console.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--target=Launch", flow.Console.Output, StringComparison.Ordinal);

        await flow.Freezes.ReleaseAsync(null, "ada", "reviewed", default);
        Assert.True(await flow.Succession.MoveAsync(default));
    }

    [Fact]
    public async Task Given_AJobThatEndedByItself_When_ItIsMoved_Then_ItsOwnEndIsRecorded()
    {
        using var flow = await MovingAsync();
        flow.Jobs.Set(flow.Call.Run.CurrentAttempt!.JobName, "Completed");

        Assert.True(await flow.Succession.MoveAsync(default));

        Assert.Equal(OutcomeKind.Completed, flow.Call.Run.CurrentAttempt!.Outcome);
        Assert.Empty(flow.Jobs.Stopped);
    }

    [Fact]
    public async Task Given_NoTimeLeftForSpot_When_TheJobIsPolled_Then_TheMoveIsInTheLogBeforeAnythingIsStopped()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run with { DeadlineAt = TestRuns.Start.AddSeconds(TestRuns.Job.MaxRuntimeSeconds + 1) });
        var mover = Mover(flow);

        Assert.True(await mover.ShouldMoveAsync(mover.Watch()!, new JobProgress { JobName = flow.Call.Run.CurrentAttempt!.JobName, CapacityState = "", Status = "InProgress", SecondaryStatus = "Starting" }, default));

        Assert.Equal(Market.OnDemand, (await flow.RecordedAsync()).CurrentAttempt!.MovingTo);
        Assert.Empty(flow.Jobs.Stopped);
    }

    private static async Task<FlowFixture> MovingAsync()
    {
        var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { MovingTo = Market.OnDemand, Status = "InProgress", Cost = new Usd(0.1m) }) with { DeadlineAt = TestRuns.Start.AddHours(2) });
        return flow;
    }

    private static MarketMover Mover(FlowFixture flow) => new(flow.Call, flow.Account, flow.Succession);
}
