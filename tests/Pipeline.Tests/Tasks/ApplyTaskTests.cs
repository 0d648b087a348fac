using BuildPipeline.Approvals;
using BuildPipeline.Freezes;
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

    [Theory]
    [InlineData("no-op", true)]
    [InlineData("create", true)]
    [InlineData("delete", false)]
    public async Task Given_AnApplyThatDidNotFinish_When_AppliedAgain_Then_ThePlanIsMadeAgainAndAppliedIfItDoesNothingElse(string action, bool holds)
    {
        using var flow = await StaleAsync(new("a", 1), new("a", 1));
        await flow.UpdateAsync(run => run with { ApplyStartedAt = flow.Time.GetUtcNow() });
        flow.Terraform.PlanNext(FakeTerraform.Plan(TestRuns.Job, 5, FakeTerraform.Change(Versioning, new { bucket = "b" }, action: action)));

        var error = await Record.ExceptionAsync(() => flow.RunAsync(Apply(flow)));

        Assert.Equal(holds ? null : TerraformErrors.StalePlan, (error as PipelineException)?.Code);
        Assert.Equal(holds, (await flow.RecordedAsync()).Stage == RunStage.Applied);
    }

    [Theory]
    [InlineData("", 0, "a", 1)]
    [InlineData("a", 1, "a", 2)]
    [InlineData("a", 1, "b", 1)]
    public async Task Given_AStateThatChangedAfterThePlan_When_ThePlanIsAnotherNow_Then_NothingIsAppliedAndTheCommandStartsANewRun(
        string plannedLineage, long plannedSerial, string lineage, long serial)
    {
        using var flow = await StaleAsync(new(plannedLineage, plannedSerial), new(lineage, serial));
        flow.Terraform.PlanNext(FakeTerraform.Plan(TestRuns.Job, 5, FakeTerraform.Change(Versioning, new { bucket = "b" }, action: "delete")));

        var failure = await Assert.ThrowsAsync<PipelineException>(() => flow.RunAsync(Apply(flow)));

        Assert.Equal(TerraformErrors.StalePlan, failure.Code);
        Assert.EndsWith(flow.Call.Hints.For("Launch"), failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("apply", flow.Terraform.Names);
    }

    [Theory]
    [InlineData("no-op")]
    [InlineData("create")]
    public async Task Given_AStateThatAnotherRunChanged_When_ThePlanDoesNothingElseNow_Then_TheApprovalHoldsAndTheNewPlanIsApplied(string action)
    {
        using var flow = await StaleAsync(new("a", 1), new("a", 2));
        var digest = flow.Call.Run.Approval!.Digest;
        flow.Terraform.PlanNext(FakeTerraform.Plan(TestRuns.Job, 5, FakeTerraform.Change(Versioning, new { bucket = "b", arn = "known now" }, action: action)));

        await flow.RunAsync(Apply(flow));

        var run = await flow.RecordedAsync();
        Assert.Equal((RunStage.Applied, digest, run.Approval!.Subject.PlanSha256), (run.Stage, run.Approval.Digest, run.Plan!.ApprovedSha256));
        Assert.Equal(TerraformDocuments.Sha256(flow.Call.Session.PathOf(RunFiles.Plan)), run.Plan.PlanSha256);
        Assert.Contains("plan.renewed", await flow.EventsAsync());
    }

    [Fact]
    public async Task Given_ARunThatAFreezeHeldUp_When_AnotherRunHasAppliedSince_Then_ItIsAppliedAfterTheRelease()
    {
        using var flow = await ApprovedAsync();
        await flow.FreezeAsync();
        Assert.Equal(FreezeErrors.Frozen, await flow.FailAsync(Apply(flow)));
        Assert.Equal(NextStep.Continue, NextSteps.From(flow.Call.Run));

        await flow.Freezes.ReleaseAsync(null, "arn:aws:iam::000000000000:user/ada", "reviewed", default);
        await MakeStaleAsync(flow, new("a", 1), new("a", 2));
        flow.Terraform.PlanNext(FakeTerraform.Plan(TestRuns.Job, 5, FakeTerraform.Change(Versioning, new { bucket = "b" }, action: "no-op")));
        await flow.RunAsync(Apply(flow));

        Assert.Equal(RunStage.Applied, (await flow.RecordedAsync()).Stage);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_AStalePlan_When_TheCallNamesNoVariables_Then_TheFileOfThePlanIsReadAndAValueHasToBeRepeated(bool hasValue)
    {
        using var flow = await StaleAsync(new("a", 1), new("a", 2));
        flow.Write("more.tfvars", "a = 1");
        var file = Path.Combine(flow.Call.Options.RepositoryRoot, "more.tfvars");
        var planned = ConfigurationFiles.Read(flow.Call.Options.RepositoryRoot, "sandbox", null, [file], hasValue ? ["instance_count=2"] : []);
        await flow.UpdateAsync(run => run with { Plan = run.Plan! with { Configuration = planned } });
        flow.Terraform.PlanNext(FakeTerraform.Plan(TestRuns.Job, 5, FakeTerraform.Change(Versioning, new { bucket = "b" })));

        var error = await Record.ExceptionAsync(() => flow.Renewal.RequireApplicableAsync(default));

        Assert.Equal(hasValue ? RunErrors.FixedOption : null, (error as PipelineException)?.Code);
        Assert.Equal(hasValue, !flow.Terraform.Commands.Any(command => command.Contains($"-var-file={file}")));
    }

    [Theory]
    [InlineData("module.network.aws_vpc_endpoint.s3[0]", true)]
    [InlineData("module.observability.aws_sns_topic.alarms", false)]
    public async Task Given_AJobOfAnotherRun_When_ThePlanChangesWhatItUses_Then_ItIsNotApplied(string address, bool refused)
    {
        using var flow = await ApprovedAsync();
        flow.Terraform.Outputs = FakeTerraform.OutputsOf(TestRuns.Job);
        await flow.UpdateAsync(run => run with { Plan = Planned(flow, FakeTerraform.Change(address, new { }, action: "update")) });
        await flow.OtherRunAsync(run => run with { Stage = RunStage.Launched, Attempts = [TestRuns.Intent], Job = TestRuns.Job });

        var error = await Record.ExceptionAsync(() => flow.RunAsync(Apply(flow)));

        Assert.Equal(refused ? TerraformErrors.InUseByRuns : null, (error as PipelineException)?.Code);
    }

    [Theory]
    [InlineData("a", 2, "a", 2)]
    [InlineData("", 0, "", 0)]
    public async Task Given_TheStateOfThePlan_When_Applied_Then_ThePlanIsNotStale(string plannedLineage, long plannedSerial, string lineage, long serial)
    {
        using var flow = await ApprovedAsync();
        await flow.WriteStateAsync(new(plannedLineage, plannedSerial), new(lineage, serial));

        await flow.Renewal.RequireApplicableAsync(default);
    }

    private const string Versioning = "module.storage.aws_s3_bucket_versioning.this";

    // Approved with a plan that creates a part of the bucket.
    private static async Task<FlowFixture> StaleAsync(StateVersion planned, StateVersion now)
    {
        var flow = await ApprovedAsync();
        await MakeStaleAsync(flow, planned, now);
        return flow;
    }

    private static async Task MakeStaleAsync(FlowFixture flow, StateVersion planned, StateVersion now)
    {
        flow.Terraform.Outputs = FakeTerraform.OutputsOf(TestRuns.Job);
        await flow.UpdateAsync(run => run with { Plan = Planned(flow, FakeTerraform.Change(Versioning, new { bucket = "b" })) });
        await flow.WriteStateAsync(planned, now);
    }

    private static PlanRecord Planned(FlowFixture flow, object change)
    {
        var file = flow.Call.Session.PathOf(RunFiles.Plan);
        return TerraformDocuments.ReadPlan(FakeTerraform.Plan(TestRuns.Job, 5, change), file, TestRuns.Start).Plan with { PlanSha256 = TerraformDocuments.Sha256(file), ContentSha256 = Sample.Plan.ContentSha256 };
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
        return new(flow.Call, flow.Files, flow.Stack, flow.Approval, flow.Hold, flow.Renewal, flow.Spend);
    }

    private static async Task RefusedBeforeTerraformAsync(FlowFixture flow, ExitCode exit)
    {
        Assert.Equal(exit, (await flow.FailAsync(Apply(flow))).ExitCode);

        Assert.True(flow.Call.Run.Stage < RunStage.Applied);
        Assert.Empty(flow.Terraform.Commands);
    }
}
