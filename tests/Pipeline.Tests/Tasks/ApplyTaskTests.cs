using BuildPipeline.Approvals;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class ApplyTaskTests
{
    [Fact]
    public async Task Given_AnApprovedRun_When_Applied_Then_ItsSavedPlanIsAppliedAfterTheStartIsInTheLog()
    {
        using var flow = await ApprovedAsync();
        flow.Terraform.Outputs = FakeTerraform.OutputsOf(TestRuns.Job);
        DateTimeOffset? started = null;
        flow.Terraform.OnCommand = command =>
        {
            started ??= command == "apply" ? flow.RecordedAsync().GetAwaiter().GetResult().ApplyStartedAt : null;
            return null;
        };

        await flow.RunAsync(Apply(flow));

        Assert.Equal(["init", "apply", "output"], flow.Terraform.Names);
        Assert.Equal(flow.Call.Session.PathOf(RunFiles.Plan), flow.Terraform.Commands[1][^1]);
        Assert.DoesNotContain(flow.Terraform.Commands[1], argument => argument.StartsWith("-var", StringComparison.Ordinal));
        Assert.NotNull(started);
        Assert.Equal(RunStage.Applied, (await flow.RecordedAsync()).Stage);
        Assert.Empty(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_ALockFileOfTheRun_When_AppliedOnAnotherMachine_Then_InitFindsIt()
    {
        using var flow = await ApprovedAsync();
        flow.Terraform.Outputs = FakeTerraform.OutputsOf(TestRuns.Job);
        flow.Write(flow.Call.Session.PathOf(RunFiles.ProviderLock), "of the plan");
        string? found = null;
        flow.Terraform.OnCommand = command =>
        {
            found ??= command == "init" ? File.ReadAllText(flow.Files.Terraform.LockFile) : null;
            return null;
        };

        await flow.RunAsync(Apply(flow));

        Assert.Equal("of the plan", found);
    }

    [Fact]
    public async Task Given_APlanThatDoesNotKnowTheRole_When_Applied_Then_TheJobHasTheRoleOfTheOutputs()
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Apply");
        var planned = TestRuns.Job with { RoleArn = null, SubnetIds = null };
        await flow.UpdateAsync(run => run with { Job = planned, Subject = run.Subject! with { Job = planned } });
        await flow.Approval.RunAsync(default);
        flow.Terraform.Outputs = FakeTerraform.OutputsOf(TestRuns.Job);

        await flow.RunAsync(Apply(flow));

        var job = (await flow.RecordedAsync()).Job!;
        Assert.Equal(TestRuns.Job.RoleArn, job.RoleArn);
        Assert.Equal(TestRuns.Job.SubnetIds, job.SubnetIds);
    }

    [Theory]
    [InlineData(3, "subnet-2")]
    [InlineData(2, "subnet-3")]
    public async Task Given_OutputsThatDifferFromTheApprovedJob_When_Applied_Then_TheRunIsNotAppliedAndNothingIsSubmitted(int nodes, string subnet)
    {
        using var flow = await ApprovedAsync();
        flow.Terraform.Outputs = FakeTerraform.OutputsOf(TestRuns.Job with { InstanceCount = nodes, SubnetIds = ["subnet-1", subnet] });

        Assert.Equal(ApprovalErrors.JobDiffers, await flow.FailAsync(Apply(flow)));

        Assert.Equal(RunStage.Approved, (await flow.RecordedAsync()).Stage);
        Assert.Empty(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_AnInfrastructureThatChangedSinceThePlan_When_Applied_Then_TheRunIsNotApplied()
    {
        using var flow = await ApprovedAsync();
        flow.Terraform.OnCommand = command => command == "apply" ? "Error: Saved plan is stale" : null;

        Assert.Equal(TerraformErrors.StalePlan, await flow.FailAsync(Apply(flow)));

        Assert.Equal(RunStage.Approved, (await flow.RecordedAsync()).Stage);
        Assert.Equal("apply", flow.Terraform.Names.Last());
    }

    [Fact]
    public async Task Given_ARunWithoutApproval_When_Applied_Then_TerraformIsNotStarted()
    {
        using var flow = await FlowFixture.PricedAsync(null, "--target=Apply");

        await RefusedBeforeTerraformAsync(flow, ExitCode.NotApproved);
    }

    [Fact]
    public async Task Given_APlanThatWasReplacedAfterItsApproval_When_Applied_Then_TerraformIsNotStarted()
    {
        using var flow = await ApprovedAsync();
        await File.WriteAllTextAsync(flow.Call.Session.PathOf(RunFiles.Plan), "another plan");

        await RefusedBeforeTerraformAsync(flow, ExitCode.NotApproved);
    }

    [Fact]
    public async Task Given_AnotherProcessThatTookOver_When_Applied_Then_TerraformIsNotStarted()
    {
        using var flow = await ApprovedAsync();
        await flow.TakeOverAsync();

        await RefusedBeforeTerraformAsync(flow, ExitCode.StillRunning);
    }

    [Fact]
    public async Task Given_AnApplyThatDidNotFinish_When_AppliedAgain_Then_ItsPlanIsNotUsedTwice()
    {
        using var flow = await ApprovedAsync();
        await flow.UpdateAsync(run => run with { ApplyStartedAt = flow.Time.GetUtcNow() });

        await RefusedBeforeTerraformAsync(flow, ExitCode.BadConfiguration);
    }

    [Theory]
    [InlineData("", 0, "a", 1)]
    [InlineData("a", 1, "a", 2)]
    [InlineData("a", 1, "b", 1)]
    public async Task Given_AStateThatChangedAfterThePlan_When_Applied_Then_TerraformIsNotStartedAndTheCommandStartsANewRun(
        string plannedLineage, long plannedSerial, string lineage, long serial)
    {
        using var flow = await ApprovedAsync();
        await flow.WriteStateAsync(new(plannedLineage, plannedSerial), new(lineage, serial));

        var failure = await Assert.ThrowsAsync<PipelineException>(() => flow.RunAsync(Apply(flow)));

        Assert.Equal(TerraformErrors.StalePlan, failure.Code);
        Assert.EndsWith(flow.Call.Hints.For("Launch"), failure.Message, StringComparison.Ordinal);
        Assert.Empty(flow.Terraform.Commands);
    }

    [Theory]
    [InlineData("a", 2, "a", 2)]
    [InlineData("", 0, "", 0)]
    public async Task Given_TheStateOfThePlan_When_Applied_Then_ThePlanIsNotStale(string plannedLineage, long plannedSerial, string lineage, long serial)
    {
        using var flow = await ApprovedAsync();
        await flow.WriteStateAsync(new(plannedLineage, plannedSerial), new(lineage, serial));

        await flow.Continuation.RequireApplicableAsync(default);
    }

    private static async Task<FlowFixture> ApprovedAsync()
    {
        var flow = await FlowFixture.PricedAsync(null, "--target=Apply");
        await flow.Approval.RunAsync(default);
        return flow;
    }

    private static ApplyTask Apply(FlowFixture flow)
    {
        flow.Call.Session.Steps = [RunStep.Apply];
        return new(flow.Call, flow.Files, flow.Stack, flow.Approval, flow.Lease, flow.Continuation, flow.Gate);
    }

    private static async Task RefusedBeforeTerraformAsync(FlowFixture flow, ExitCode exit)
    {
        Assert.Equal(exit, (await flow.FailAsync(Apply(flow))).ExitCode);

        Assert.True(flow.Call.Run.Stage < RunStage.Applied);
        Assert.Empty(flow.Terraform.Commands);
    }
}
