using System.Text.Json.Nodes;
using BuildPipeline.Approvals;
using BuildPipeline.Costing;
using BuildPipeline.Pipeline.Tests.Reporting;
using BuildPipeline.Policies;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>Rules of an organisation at the cost gate and before the first submission.</summary>
public sealed class PolicyGateTests
{
    private const string Rules = "rules.json";
    private const string Warning = """{"id": "cost.large", "owner": "platform", "severity": "warning", "message": "Large."}""";

    [SkippableFact]
    public async Task Given_FindingsBelowDeny_When_Priced_Then_TheyAreInRecordReceiptAndDigestAndTheApprovalCoversThem()
    {
        using var flow = await PricedAsync($"[{Warning}]");

        var run = await flow.RecordedAsync();
        Assert.Equal([new PolicyFinding("cost.large", "platform", PolicySeverity.Warning, "Large.")], run.PolicyCheck!.Findings);
        Assert.Equal([new PolicyRule("cost.large", "platform", PolicySeverity.Warning)], run.Subject!.Policy!.Rules);
        Assert.Contains("policy.checked", flow.Events());
        Assert.Contains("cost.large", flow.Console.Output, StringComparison.Ordinal);
        Assert.Contains("`cost.large`", Written.Markdown(run, Sample.Noon), StringComparison.Ordinal);
        Assert.NotEqual(ApprovalDigest.Compute(run.Subject), ApprovalDigest.Compute(run.Subject with { Policy = null }));

        await flow.Approval.RunAsync(default);
        await OnAnotherMachine(flow).VerifyAsync(default);
    }

    [SkippableTheory]
    [InlineData("""[]""")]
    [InlineData("""[{"id": "cost.large", "owner": "platform", "severity": "info", "message": "Large."}]""")]
    [InlineData("""[{"id": "cost.large", "owner": "finance", "severity": "warning", "message": "Large."}]""")]
    [InlineData("""[{"id": "cost.huge", "owner": "platform", "severity": "warning", "message": "Large."}]""")]
    [InlineData($$"""[{{Warning}}, {"id": "team.new", "owner": "platform", "severity": "info", "message": "New."}]""")]
    public async Task Given_AnApproval_When_AFindingChangesSince_Then_ItIsVoid(string now)
    {
        using var flow = await PricedAsync($"[{Warning}]");
        await flow.Approval.RunAsync(default);
        flow.Write(Rules, now);

        var error = await Assert.ThrowsAsync<PipelineException>(() => OnAnotherMachine(flow).VerifyAsync(default));

        Assert.Equal((ApprovalErrors.Void, ExitCode.NotApproved), (error.Code, error.ExitCode));
        Assert.Contains("policy", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_AnApproval_When_OnlyAMessageChanges_Then_ItHoldsAndAfterTheFirstSubmissionNobodyAsksAgain()
    {
        using var flow = await PricedAsync($"[{Warning}]");
        await flow.Approval.RunAsync(default);
        flow.Write(Rules, $"[{Warning.Replace("Large.", "Very large.", StringComparison.Ordinal)}]");
        await OnAnotherMachine(flow).VerifyAsync(default);

        await flow.UpdateAsync(run => run with { Stage = RunStage.Applied });
        await flow.Submission.RunAsync(default);
        flow.Write(Rules, "broken");
        await OnAnotherMachine(flow).VerifyAsync(default);
    }

    [SkippableTheory]
    [InlineData("""[{"id": "region", "owner": "legal", "severity": "deny", "message": "Not in this region."}]""", "BP1271")]
    [InlineData("not JSON", "BP1273")]
    public async Task Given_RulesThatRefuse_When_PricedAndTriedAgainWithoutThem_Then_ThereIsNothingToApprove(string findings, string id)
    {
        using var flow = await PlannedAsync(findings);

        Assert.Equal(id, (await flow.FailAsync(flow.CostGate())).Id);

        var run = await flow.RecordedAsync();
        Assert.Equal((RunStage.Planned, null), (run.Stage, run.Subject));
        Assert.Empty(flow.Jobs.Created);
    }

    [SkippableFact]
    public async Task Given_ADeniedRun_When_PricedAgainWithoutTheOption_Then_TheRulesAreAskedAllTheSame()
    {
        using var flow = await PlannedAsync("""[{"id": "region", "owner": "legal", "severity": "deny", "message": "Not here."}]""");
        await flow.FailAsync(flow.CostGate());

        var again = new PolicyGate(flow.Call with { Options = flow.Call.Options with { PolicyCommand = null } }, new PolicyProcess(flow.Time));

        Assert.Equal(PolicyErrors.Denied, (await Assert.ThrowsAsync<PipelineException>(() => again.CheckAsync(new("a", null, "b", new Dictionary<string, string>(), "c"), default))).Code);
    }

    [SkippableFact]
    public async Task Given_AnEnvironmentWithRules_When_PricedWithoutTheOptionOrWithAnotherOne_Then_ItsOwnAreAskedOrTheCallIsRefused()
    {
        using var flow = await PlannedAsync($"[{Warning}]");
        await flow.UpdateAsync(run => run with { Plan = run.Plan! with { PolicyCommand = "cat other.json" } });
        Assert.Equal(PolicyErrors.InvalidCommand, await flow.FailAsync(flow.CostGate()));

        using var own = await FlowFixture.PlannedAsync(null, "--target=CostGate");
        own.Write(Rules, $"[{Warning}]");
        await own.UpdateAsync(run => run with { Plan = run.Plan! with { PolicyCommand = $"sh -c 'cat {Rules}'" } });
        await own.RunAsync(own.CostGate());

        Assert.Equal("cost.large", Assert.Single(own.Call.Run.Subject!.Policy!.Rules).Id);
    }

    [Fact]
    public async Task Given_ARunThatIsOverItsLimit_When_Priced_Then_TheInputForRulesIsWrittenAndFitsItsSchema()
    {
        using var flow = await FlowFixture.PlannedAsync(null, "--target=CostGate");
        await flow.UpdateAsync(run => run with { Plan = run.Plan! with { MaxRunCostUsd = new Usd(1) } });

        Assert.Equal(CostingErrors.GateRefused, await flow.FailAsync(flow.CostGate()));

        var input = JsonNode.Parse(await File.ReadAllTextAsync(flow.Call.Session.PathOf(RunFiles.GateInput)))!;
        PublishedSchema.AssertFits("gate-input", input);
        Assert.Equal(("refuse", 1, "create"), ((string)input["cost"]!["verdict"]!, (int)input["schema_version"]!, (string)input["plan"]!["changes"]![0]!["action"]!));
        Assert.DoesNotContain("\"values\"", input.ToJsonString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Given_RulesInJq_When_Priced_Then_TheyReadTheInputWithoutAWrapper()
    {
        Skip.If(!Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "jq"))), "jq is not installed");
        const string Filter = """[if .cost.ceiling > .cost.max_run_cost_usd / 10 then {id: "cost.tenth", owner: "finance", severity: "warning", message: "\(.job.instance_count) x \(.job.instance_type) for \(.team)"} else empty end]""";
        using var flow = await FlowFixture.PlannedAsync(null, "--target=CostGate", $"--policy-command=jq '{Filter}'");

        await flow.RunAsync(flow.CostGate());

        Assert.Equal([new PolicyFinding("cost.tenth", "finance", PolicySeverity.Warning, "2 x ml.g5.xlarge for research")], flow.Call.Run.PolicyCheck!.Findings);
    }

    // A process that has asked nothing yet.
    private static RunApproval OnAnotherMachine(FlowFixture flow) => flow.ApprovalWith(flow.Call.Options.Approve, flow.NewSubjects());

    private static async Task<FlowFixture> PlannedAsync(string findings)
    {
        Skip.If(OperatingSystem.IsWindows(), "The rules of these tests are a program of Unix.");
        var flow = await FlowFixture.PlannedAsync(null, "--target=CostGate", $"--policy-command=sh -c 'cat {Rules}'");
        flow.Write(Rules, findings);
        return flow;
    }

    private static async Task<FlowFixture> PricedAsync(string findings)
    {
        var flow = await PlannedAsync(findings);
        await flow.RunAsync(flow.CostGate());
        return flow;
    }
}
