using BuildPipeline.Costing;
using BuildPipeline.Jobs;
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
    public async Task Given_AQuotaThatIsUsedUp_When_Submitted_Then_TheAttemptIsClosedAtNoCostAndTheFallbackFollows()
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
    public async Task Given_AnApprovedRun_When_Submitted_Then_TheAttemptIsTheFirstJobForAllThatWasApproved()
    {
        using var flow = await FlowFixture.AppliedAsync();

        await flow.Submission.RunAsync(default);

        var attempt = (await flow.RecordedAsync()).CurrentAttempt!;
        Assert.Equal((1, $"demo-sandbox-{flow.Call.Run.RunId}", Market.Spot, 1, 3600), (attempt.Number, attempt.JobName, attempt.Market, attempt.NodeOption, attempt.MaxRuntimeSeconds));
        Assert.Equal((TestRuns.Start, TestRuns.Start, false, null), (attempt.IntentAt, attempt.SubmittedAt, attempt.Adopted, attempt.Outcome));
        Assert.Equal(("ml.g5.xlarge", 3600), (flow.Jobs.Created[0].ResourceConfig.InstanceType.Value, flow.Jobs.Created[0].StoppingCondition.MaxRuntimeInSeconds));
        Assert.Equal(["launch.intent", "launch.submitted"], (await flow.EventsAsync()).TakeLast(2));
    }

    [Fact]
    public async Task Given_ACreatedJobThatHasEnded_When_SubmittedAgain_Then_ItsEndIsLeftToItsWatch()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { SubmittedAt = null, JobArn = null }));
        flow.Jobs.Set(flow.Call.Run.CurrentAttempt!.JobName, "Failed");

        await flow.Submission.RunAsync(default);

        var attempt = flow.Call.Run.CurrentAttempt!;
        Assert.Equal((true, "Failed", null, null), (attempt.Adopted, attempt.Status, attempt.Outcome, attempt.OutcomeSentence));
        Assert.Equal("launch.adopted", (await flow.EventsAsync())[^1]);
        Assert.Single(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_ACreateThatTheServiceSaysWasMadeBefore_When_Submitted_Then_TheLogSaysThatTheJobWasAdopted()
    {
        using var flow = await FlowFixture.AppliedAsync();
        flow.Jobs.OnCreate = request =>
        {
            flow.Jobs.OnCreate = null;
            flow.Clients.SageMaker.CreateTrainingJobAsync(request, default).GetAwaiter().GetResult();
            throw TestRuns.SageMakerError("ResourceInUse", "Training job names must be unique");
        };

        await flow.Submission.RunAsync(default);

        Assert.Equal(["launch.intent", "launch.adopted"], (await flow.EventsAsync()).TakeLast(2));
        Assert.Single(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_AJobThatTheServiceRefusesForGood_When_Submitted_Then_TheAttemptIsClosedAtNoCostAndNoneFollows()
    {
        using var flow = await FlowFixture.AppliedAsync();
        flow.Jobs.OnCreate = _ => throw TestRuns.SageMakerError("ValidationException", "Could not assume role");

        Assert.Equal(ExitCode.BadConfiguration, (await Assert.ThrowsAsync<PipelineException>(() => flow.Submission.RunAsync(default))).ExitCode);

        Assert.Equal((OutcomeKind.Failed, Usd.Zero), (flow.Call.Run.CurrentAttempt!.Outcome, flow.Call.Run.CurrentAttempt.Cost));
        Assert.Equal("launch.refused", (await flow.EventsAsync())[^1]);
        Assert.False(flow.Call.Run.HasOpenJob);
    }

    [Fact]
    public async Task Given_AMovedJobThatUsedUpTheDollars_When_ItsSuccessorIsRefused_Then_TheRunHasFailedAtWhatItCost()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { Outcome = OutcomeKind.Moved, OutcomeSentence = "Moved.", MovingTo = Market.OnDemand, Cost = new Usd(3.55m) }));

        // At $3.60 an hour 3600 s are left but for $3.55, which is 50 s.
        Assert.Equal("BP1212", (await Assert.ThrowsAsync<PipelineException>(() => flow.Submission.RunAsync(default))).Code.Id);

        Assert.Equal((OutcomeKind.Failed, new Usd(3.55m)), (flow.Call.Run.CurrentAttempt!.Outcome, flow.Call.Run.CurrentAttempt.Cost));
        Assert.Single(flow.Call.Run.Attempts);
        Assert.Single(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_AnUploadThatChangedAfterTheFirstJob_When_ItsSuccessorIsSubmitted_Then_ItIsRefused()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.Submission.RunAsync(default);
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { Outcome = OutcomeKind.Moved, MovingTo = Market.OnDemand, Cost = new Usd(1.2m) }));
        flow.Bucket.Put(flow.Bucket.Puts[0].Key, "changed"u8.ToArray());

        Assert.Equal(ExitCode.NotApproved, (await Assert.ThrowsAsync<PipelineException>(() => flow.Submission.RunAsync(default))).ExitCode);

        Assert.Single(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_AQuotaOfTheFirstNodeOption_When_SubmittedAgain_Then_TheFallbackIsRequestedForWhatItsRateBuys()
    {
        using var flow = await FlowFixture.AppliedAsync();
        await flow.UpdateAsync(run => run with
        {
            Job = run.Job! with { InstanceFallbacks = [new FallbackOption { InstanceType = "ml.g6.xlarge", InstanceCount = 4, UseSpotInstances = false }] },
            Cost = run.Cost! with
            {
                NodeOptions = [new NodeOptionCost("ml.g5.xlarge", 2, true, new Usd(3.6m), new Usd(3m)), new NodeOptionCost("ml.g6.xlarge", 4, false, new Usd(7.2m), new Usd(4.2m))],
            },
        });
        flow.Jobs.OnCreate = _ => throw TestRuns.SageMakerError("ResourceLimitExceeded", "The limit is 0 instances.");
        await flow.Submission.RunAsync(default);
        flow.Jobs.OnCreate = null;

        await flow.Submission.RunAsync(default);

        // $1.20 of its ceiling is not approved; at $7.20 an hour that is 10 minutes.
        var (request, attempt) = (Assert.Single(flow.Jobs.Created), flow.Call.Run.CurrentAttempt!);
        Assert.Equal((2, 2, Market.OnDemand, 3000), (attempt.Number, attempt.NodeOption, attempt.Market, attempt.MaxRuntimeSeconds));
        Assert.Equal(($"demo-sandbox-{flow.Call.Run.RunId}-a2", "ml.g6.xlarge", 4), (request.TrainingJobName, request.ResourceConfig.InstanceType.Value, request.ResourceConfig.InstanceCount));
        Assert.Equal((3000, null, false), (request.StoppingCondition.MaxRuntimeInSeconds, request.StoppingCondition.MaxWaitTimeInSeconds, request.EnableManagedSpotTraining));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3.0)]
    public async Task Given_ADeadline_When_TheFirstJobIsIntended_Then_ItCountsFromThereForAllJobsOfTheRun(double? hours)
    {
        using var flow = await FlowFixture.PricedAsync();
        var terms = new RunTerms(MarketPolicies.Default, hours);
        await flow.UpdateAsync(run => run with { Terms = terms, Subject = run.Subject! with { Terms = terms } });
        await flow.Approval.RunAsync(default);
        await flow.UpdateAsync(run => run with { Stage = RunStage.Applied });
        await flow.Submission.RunAsync(default);
        DateTimeOffset? deadline = hours is null ? null : TestRuns.Start.AddHours(3);
        Assert.Equal(deadline, flow.Call.Run.DeadlineAt);
        await flow.UpdateAsync(run => run.WithCurrentAttempt(run.CurrentAttempt! with { Outcome = OutcomeKind.Moved, MovingTo = Market.OnDemand, Cost = new Usd(1.2m) }));
        flow.Time.Advance(TimeSpan.FromHours(1));

        await flow.Submission.RunAsync(default);

        Assert.Equal((2, deadline), (flow.Call.Run.Attempts.Count, flow.Call.Run.DeadlineAt));
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
