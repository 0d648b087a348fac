using BuildPipeline.Approvals;
using BuildPipeline.Costing;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Prices the planned run, refuses it when it is over its limit, and shows the digest to approve.</summary>
[TaskName("CostGate")]
[TaskDescription("Prices the planned run, refuses it when it is over its limit, and shows the digest to approve.")]
[IsDependentOn(typeof(PlanTask))]
public sealed class CostGateTask(
    PipelineCall call, RunPricing pricing, BudgetReservation budget, ApprovalScopeBuilder scope, JobCheck check, GateReport report)
    : StepTask(RunStep.CostGate, call.Session)
{
    /// <summary>Prices and decides.</summary>
    /// <exception cref="PipelineException">Refused (exit code 3), or over a service quota (5); each reason is in the sentence.</exception>
    protected override async Task TakeAsync(CancellationToken cancellationToken)
    {
        var job = call.Run.Job!;
        await check.RequireEndedAsync(call.Run.Plan!.DestroyedTrainingJobs, cancellationToken);
        var terms = call.Run.TermsWith(call.Options.Policy, call.Options.Deadline, call.Options.OnStall);
        var content = await scope.ReadContentAsync(job, cancellationToken);
        await check.RequireDataAsync(content.Data, cancellationToken);
        var estimate = await pricing.PriceAsync(call.Run, terms, content.Bytes, cancellationToken);
        var cost = await budget.CheckAsync(estimate, terms.DeadlineHours is not null, cancellationToken);
        call.Session.Store.WriteJson(call.Run.RunId, RunFiles.Cost, cost);
        await call.Session.UpdateAsync(
            "cost.estimated", run => run with { Cost = cost, Terms = terms }, new { cost.Expected, cost.P90, cost.Ceiling, cost.MaxRunCostUsd, cost.Verdict }, cancellationToken);
        scope.WriteGateInput(cost, content);
        CostView.Show(call.Console, cost);
        if (cost.Verdict == GateVerdict.Refuse)
        {
            throw new PipelineException(CostingErrors.GateRefused, $"The cost gate refuses this run: {string.Join(" ", cost.Reasons)}");
        }

        BudgetReservation.RequireQuotas(cost);
        var subject = await scope.ReadAsync(job, cost, content, cancellationToken);
        await call.Session.UpdateAsync("gate.passed", run => run with { Subject = subject, Stage = RunStage.Priced }, new { Digest = ApprovalDigest.Compute(subject) }, cancellationToken);
        await report.RunAsync(content.Bytes, cancellationToken);
    }
}
