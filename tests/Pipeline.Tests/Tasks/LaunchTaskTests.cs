using BuildPipeline.Checkpoints;
using BuildPipeline.Evidence;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using BuildPipeline.Training;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class LaunchTaskTests
{
    [Fact]
    public async Task Given_ADetachedLaunch_When_LaunchedAgain_Then_TheSameJobIsFollowedAndThereIsOne()
    {
        using var flow = await FlowFixture.AppliedAsync(null, "--target=Launch", "--detach");
        using var signals = new ShutdownSignals();

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var left = await Assert.ThrowsAsync<PipelineException>(() => Launch(flow, signals).RunAsync(flow.Context(signals)));
            Assert.Equal(ExitCode.StillRunning, left.ExitCode);
        }

        Assert.Single(flow.Jobs.Created);
        Assert.Single((await flow.RecordedAsync()).Attempts);
    }

    [Fact]
    public async Task Given_ARunWhoseJobFailed_When_Launched_Then_NothingIsSubmittedAndItsOwnExitCodeIsGiven()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { Outcome = OutcomeKind.Stopped, OutcomeSentence = "Somebody stopped the job." }));
        using var signals = new ShutdownSignals();

        var failure = await Assert.ThrowsAsync<PipelineException>(() => Launch(flow, signals).RunAsync(flow.Context(signals)));

        Assert.Equal((ExitCode.StoppedShort, 1), (failure.ExitCode, flow.Jobs.Created.Count));
        Assert.Equal(RunContinuation.NewRun(flow.Call.Hints, null), failure.Message.Split('\n')[^1].Trim());
    }

    [Fact]
    public async Task Given_AnotherProcessThatTookOver_When_Launched_Then_NothingIsSubmitted()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.TakeOverAsync();
        using var signals = new ShutdownSignals();

        Assert.Equal(ExitCode.StillRunning, (await Assert.ThrowsAsync<PipelineException>(() => Launch(flow, signals).RunAsync(flow.Context(signals)))).ExitCode);

        Assert.Empty(flow.Jobs.Created);
        Assert.Empty(flow.Call.Run.Attempts);
    }

    [Fact]
    public async Task Given_ARunThatNeedsNoLaunch_When_TheTaskRuns_Then_NothingIsSubmitted()
    {
        using var flow = await FlowFixture.AppliedAsync();
        flow.Call.Session.Steps = [RunStep.Approve];
        using var signals = new ShutdownSignals();

        await Launch(flow, signals).RunAsync(flow.Context(signals));

        Assert.Empty(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_ARunWhoseJobFailed_When_Validated_Then_ItsOutcomeIsTheResultAndS3IsNotAsked()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { Outcome = OutcomeKind.MaxRuntime, OutcomeSentence = "The time is used up." }));
        flow.Call.Session.Steps = [RunStep.Validate];
        flow.Clients.S3.ClearReceivedCalls();
        using var signals = new ShutdownSignals();

        var failure = await Assert.ThrowsAsync<PipelineException>(() => new ValidateTask(Validation(flow), flow.Call.Session).RunAsync(flow.Context(signals)));

        Assert.Equal(ExitCode.StoppedShort, failure.ExitCode);
        Assert.Empty(flow.Clients.S3.ReceivedCalls());
    }

    private static RunValidation Validation(FlowFixture flow) => new(flow.Call, new Validator(flow.Clients, new CheckpointReader(flow.Clients), flow.Manifests));

    internal static LaunchTask Launch(FlowFixture flow, ShutdownSignals signals)
    {
        if (flow.Call.Session.Steps.Count == 0)
        {
            flow.Call.Session.Steps = [RunStep.Launch];
        }

        return new(flow.Call, new RunUpkeep(flow.Budget, flow.Observation, flow.Posting), flow.Submission, flow.Following, flow.Hold, signals, Validation(flow));
    }
}
