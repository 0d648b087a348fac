using BuildPipeline.Approvals;
using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Prices the run and refuses what is over its limit; what passes gets the digest that has to be approved.</summary>
public sealed class CostGateStage(PipelineOptions options, RunSession session, CostEstimator estimator, PriceReader prices, MeasuredStall stall, BudgetStage budget, SubjectReader subjects, JobCheck check, ServiceClock clock, GitHubActions actions, IAnsiConsole console)
{
    /// <summary>Prices and decides.</summary>
    /// <exception cref="PipelineException">Refused (exit code 3), or over a service quota (5); each reason is in the sentence.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (plan, job) = (session.Run.Plan!, session.Run.Job!);
        // A run keeps the prices that it was first reckoned with, so that its digest holds.
        IReadOnlyList<string> types = [.. job.Rungs().Select(rung => rung.InstanceType).Distinct()];
        var snapshot = session.Run.Cost?.Prices is { Figures.Count: > 0 } kept ? kept : stall.AddTo(await prices.ReadAsync(job.Region, types, cancellationToken), session.Run.Environment, job);
        var terms = RecordedTerms.TermsOf(session.Run, options.Policy, options.Deadline);
        var content = await subjects.ReadContentAsync(job, cancellationToken);
        await check.RequireDataAsync(content.Data, cancellationToken);
        var estimate = estimator.Estimate(JobEnvelope.WithDeadline(job, terms), plan, snapshot, content.Bytes, terms.Policy);
        var cost = await budget.CheckAsync(estimate with { PricedAt = await clock.NowAsync(cancellationToken) }, terms.DeadlineHours is not null, cancellationToken);
        session.Store.WriteJson(session.Run.RunId, RunFiles.Cost, cost);
        await session.UpdateAsync(
            "cost.estimated", run => run with { Cost = cost, Terms = terms }, new { cost.Expected, cost.P90, cost.Ceiling, cost.Limit, cost.Verdict }, cancellationToken);
        CostView.Show(console, cost);
        if (cost.Verdict == GateVerdict.Refuse)
        {
            throw new PipelineException(CostingErrors.GateRefused, $"The cost gate refuses this run: {string.Join(" ", cost.Reasons)}");
        }

        BudgetStage.RequireQuotas(cost);
        var subject = subjects.Read(job, cost, content);
        await session.UpdateAsync("gate.passed", run => run with { Subject = subject, Stage = RunStage.Priced }, new { Digest = ApprovalDigest.Of(subject) }, cancellationToken);
        CostView.ShowSubject(console, subject);
        actions.SetOutputs(subject.RunId, ApprovalDigest.Of(subject), subject.Ceiling);
    }
}
