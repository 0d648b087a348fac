using BuildPipeline.Approvals;
using BuildPipeline.Pipeline.Tests.Tasks;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Sweeps;

/// <summary>The run of a variant: approved with its sweep, and applied with the others.</summary>
public sealed class VariantRunTests
{
    [Fact]
    public async Task Given_AnApprovedSweep_When_ItsVariantIsApproved_Then_NobodyIsAskedAgain()
    {
        using var flow = await PricedAsync();
        var sweep = await ApproveAsync(flow);

        await flow.Approval.RunAsync(default);

        var approval = (await flow.RecordedAsync()).Approval!;
        Assert.Equal((ApprovalSource.Option, sweep.Approval!.Digest), (approval.Source, approval.Sweep!.Digest));
    }

    [Fact]
    public async Task Given_ASweepThatIsNotApproved_When_ItsVariantIsApproved_Then_ItIsRefused()
    {
        using var flow = await PricedAsync();
        await ApproveAsync(flow, sweep => sweep with { Approval = null });

        Assert.Equal(ApprovalErrors.Missing, (await Assert.ThrowsAsync<PipelineException>(() => flow.Approval.RunAsync(default))).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_AnExpiredApproval_When_AVariantWouldSubmit_Then_ItMayOnlyIfAnotherOneHasSubmittedInTime(bool isStarted)
    {
        using var flow = await PricedAsync();
        await ApproveAsync(flow, sweep => sweep with { StartedAt = isStarted ? TestRuns.Start : null });
        await flow.Approval.RunAsync(default);
        flow.Time.SetUtcNow(flow.Call.Run.Subject!.ExpiresAt.AddSeconds(1));

        var refusal = await Record.ExceptionAsync(() => flow.Approval.VerifyAsync(default));

        Assert.Equal(isStarted ? null : ApprovalErrors.Expired, (refusal as PipelineException)?.Code);
    }

    [Fact]
    public async Task Given_ASweepThatWasStoppedAfterTheApproval_When_AVariantWouldSubmit_Then_ItIsRefused()
    {
        using var flow = await PricedAsync();
        var sweep = await ApproveAsync(flow);
        await flow.Approval.RunAsync(default);
        await flow.Sweeps.ChangeAsync(sweep.SweepId, known => known with { StoppedAt = TestRuns.Start }, default);

        Assert.Equal(ApprovalErrors.Void, (await Assert.ThrowsAsync<PipelineException>(() => flow.Approval.VerifyAsync(default))).Code);
    }

    [Theory]
    [InlineData(true, "apply.skipped")]
    [InlineData(false, "apply.done")]
    public async Task Given_AVariant_When_ItIsApplied_Then_TerraformAppliesOnlyWhatChanges(bool changesNothing, string lastEvent)
    {
        using var flow = await PricedAsync("--target=Apply");
        await ApproveAsync(flow);
        await flow.UpdateAsync(run => run with { Plan = run.Plan! with { ChangesNothing = changesNothing } });
        await flow.Approval.RunAsync(default);
        flow.Terraform.Outputs = FakeTerraform.OutputsOf(TestRuns.Job);

        flow.Call.Session.Steps = [RunStep.Apply];
        await flow.RunAsync(new ApplyTask(flow.Call, flow.Files, flow.Stack, flow.Approval, flow.Hold, flow.Renewal, flow.Spend));

        Assert.Equal((RunStage.Applied, lastEvent), ((await flow.RecordedAsync()).Stage, (await flow.EventsAsync())[^1]));
        Assert.Equal(changesNothing ? [] : ["init", "apply", "output"], flow.Terraform.Names);
    }

    [Fact]
    public async Task Given_ASweepWithARunningJob_When_Stopped_Then_TheJobIsAskedToStopAndNothingStartsAnyMore()
    {
        using var flow = await PricedAsync();
        var sweep = await ApproveAsync(flow);
        await flow.Approval.RunAsync(default);
        await flow.UpdateAsync(run => run with { Stage = RunStage.Applied });
        await flow.Submission.RunAsync(default);

        await flow.SweepStop.RunAsync(sweep.SweepId, default);

        Assert.Equal([flow.Call.Run.CurrentAttempt!.JobName], flow.Jobs.Stopped);
        Assert.Contains("launch.stop_requested", await flow.EventsAsync());
        Assert.NotNull((await flow.Sweeps.ReadAsync(sweep.SweepId, default)).StoppedAt);
    }

    [Fact]
    public async Task Given_AVariantOfASweep_When_ItsJobIsLaunchedWithoutARun_Then_ANewRunStarts()
    {
        using var flow = await PricedAsync();
        var variant = flow.Call.Run.RunId;

        await flow.Initializer.OpenAsync(TargetRequirements.Find("Launch")!, default);

        Assert.NotEqual(variant, flow.Call.Run.RunId);
    }

    private static async Task<FlowFixture> PricedAsync(string target = "--target=Launch")
    {
        var flow = await FlowFixture.PricedAsync(null, target);
        await flow.UpdateAsync(run => run with { Sweep = Samples.Sweep(1).SweepId });
        return flow;
    }

    private static async Task<SweepRecord> ApproveAsync(FlowFixture flow, Func<SweepRecord, SweepRecord>? change = null)
    {
        var run = flow.Call.Run;
        var sweep = Samples.Sweep(1);
        sweep = sweep with { Variants = [sweep.Variants[0] with { RunId = run.RunId }], Subject = SweepApprovals.SubjectOf(sweep, [run]) };
        sweep = sweep with { Approval = new(ApprovalDigest.Compute(sweep.Subject!), new(ApprovalSource.Option, "ada", TestRuns.Start)) };
        sweep = change?.Invoke(sweep) ?? sweep;
        Assert.True(await flow.Sweeps.TryCreateAsync(sweep, default));
        return sweep;
    }
}
