using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class JobSubmissionTests
{
    [Fact]
    public async Task Given_AnApprovedRun_When_Submitted_Then_TheIntentIsInTheLogBeforeTheJobExists()
    {
        using var flow = await FlowFixture.AppliedAsync();
        string? intended = null;
        flow.Jobs.OnCreate = _ => intended = flow.RecordedAsync().GetAwaiter().GetResult().CurrentAttempt?.JobName;

        await flow.Submission.RunAsync(default);

        var created = Assert.Single(flow.Jobs.Created);
        Assert.Equal(created.TrainingJobName, intended);
        Assert.Equal((RunStage.Launched, created.TrainingJobName, true), (flow.Call.Run.Stage, flow.Call.Run.CurrentAttempt!.JobName, flow.Call.Run.HasSubmitted));
    }

    [Fact]
    public async Task Given_ARunWithoutApproval_When_Submitted_Then_ItIsRefusedAndNothingIsIntendedOrCreated()
    {
        using var flow = await FlowFixture.PricedAsync();
        await flow.UpdateAsync(run => run with { Stage = RunStage.Applied });

        Assert.Equal(ExitCode.NotApproved, (await Assert.ThrowsAsync<PipelineException>(() => flow.Submission.RunAsync(default))).ExitCode);

        Assert.Empty(flow.Jobs.Created);
        Assert.Empty(flow.Call.Run.Attempts);
    }

    [Fact]
    public async Task Given_AProgramThatWasEditedAfterItsApproval_When_Submitted_Then_TheApprovalIsVoidAndNothingIsUploaded()
    {
        using var flow = await FlowFixture.AppliedAsync();
        flow.EditProgram();

        Assert.Equal(ExitCode.NotApproved, (await Assert.ThrowsAsync<PipelineException>(() => flow.Submission.RunAsync(default))).ExitCode);

        Assert.Empty(flow.Jobs.Created);
        Assert.Empty(flow.Bucket.Puts);
    }

    [Fact]
    public async Task Given_AnotherProcessThatHasTakenOver_When_Submitted_Then_NoJobIsCreated()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.TakeOverAsync();

        Assert.Equal(ExitCode.StillRunning, (await Assert.ThrowsAsync<PipelineException>(() => flow.Submission.RunAsync(default))).ExitCode);

        Assert.Empty(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_ACrashAfterTheJobWasCreated_When_SubmittedAgain_Then_TheJobIsAdoptedAndThereIsOne()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        // As if the process had ended before it recorded the answer.
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { SubmittedAt = null, JobArn = null }));

        await flow.Submission.RunAsync(default);

        Assert.Single(flow.Jobs.Created);
        Assert.True(flow.Call.Run.CurrentAttempt!.Adopted);
        Assert.Single(flow.Call.Run.Attempts);
    }

    [Fact]
    public async Task Given_AnIntentWithoutAJob_When_SubmittedAgain_Then_ItIsSubmittedUnderTheSameName()
    {
        using var flow = await FlowFixture.AppliedAsync();
        flow.Jobs.OnCreate = _ => throw TestRuns.SageMakerError("AccessDeniedException", "not authorized");
        Assert.Equal(ExitCode.Failed, (await Assert.ThrowsAsync<PipelineException>(() => flow.Submission.RunAsync(default))).ExitCode);
        var intended = flow.Call.Run.CurrentAttempt!;
        Assert.Null(intended.Outcome);
        flow.Jobs.OnCreate = null;

        await flow.Submission.RunAsync(default);

        Assert.Equal(intended.JobName, Assert.Single(flow.Jobs.Created).TrainingJobName);
        Assert.Single(flow.Call.Run.Attempts);
    }

    [Fact]
    public async Task Given_AQuotaThatIsUsedUp_When_Submitted_Then_TheAttemptIsClosedAtNoCostAndTheFallbacksGoesOn()
    {
        using var flow = await FlowFixture.AppliedAsync();
        flow.Jobs.OnCreate = _ => throw TestRuns.SageMakerError("ResourceLimitExceeded", "The limit is 0 instances.");

        await flow.Submission.RunAsync(default);

        Assert.Equal((OutcomeKind.Quota, Usd.Zero), (flow.Call.Run.CurrentAttempt!.Outcome, flow.Call.Run.CurrentAttempt.Cost));
        Assert.Empty(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_AMovedJob_When_ItsSuccessorIsSubmitted_Then_ItRunsForWhatIsLeftOfTheApprovedDollars()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        var first = flow.Call.Run.CurrentAttempt!;
        await flow.UpdateAsync(run => run.WithCurrentAttempt(first with { Outcome = OutcomeKind.Moved, MovingTo = Market.OnDemand, Cost = new Usd(1.2m) }));

        await flow.Submission.RunAsync(default);

        var second = flow.Call.Run.CurrentAttempt!;
        Assert.Equal((2, Market.OnDemand, 2), (flow.Jobs.Created.Count, second.Market, second.Number));
        // $1.20 of $3.60 an hour is 20 minutes.
        Assert.Equal(first.MaxRuntimeSeconds - 1200, second.MaxRuntimeSeconds);
    }

    [Fact]
    public async Task Given_AScheduleOfInterruptions_When_SubmissionFails_Then_TheAccountsOwnIsRestored()
    {
        using var flow = await FlowFixture.AppliedAsync(new(), "--target=Launch", "--interruptions=8s");
        flow.Jobs.OnCreate = _ => flow.Account.Schedules.Add("created");

        await flow.Submission.RunAsync(default);

        Assert.Equal(["8s", "created", "restored"], flow.Account.Schedules);
    }
}
