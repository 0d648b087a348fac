using BuildPipeline.Budgets;
using BuildPipeline.Costing;
using BuildPipeline.Prices;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>Compares a priced run with other ways to do its work that its team may use.</summary>
public sealed class WhatIfComparison(PipelineCall call, PriceReader prices, PriceBook book, Forecaster forecaster, WhatIf whatIf, WhatIfRuns runs)
{
    // Each is planned.
    private const int MostOthers = 4;

    /// <summary>Compares, records and shows; a warning where it cannot be compared, for the run itself has passed.</summary>
    /// <param name="uploadedBytes">Bytes of program and data that the pipeline uploads.</param>
    /// <param name="cancellationToken">Cancels requests and plans.</param>
    public async Task RunAsync(long uploadedBytes, CancellationToken cancellationToken)
    {
        if (!call.Run.Job!.Enabled || runs.MissingOptions() is { Count: > 0 })
        {
            call.Console.Warn($"--what-if compares nothing: {(call.Run.Job.Enabled ? $"it needs the options of the plan. Repeat {string.Join(" and ", runs.MissingOptions())}." : "enable_training_job is false.")}");
            return;
        }

        try
        {
            await CompareAsync(uploadedBytes, cancellationToken);
        }
        catch (PipelineException exception) when (exception.Code == CostingErrors.NothingToCompare)
        {
            call.Console.Warn(exception.MessageWithId);
        }
    }

    private async Task CompareAsync(long uploadedBytes, CancellationToken cancellationToken)
    {
        var (run, terms) = (call.Run, call.Run.TermsWith());
        var job = JobSimulation.WithDeadline(run.Job!, terms);

        // The run's own prices first: the ways share them, and each is priced anew when it is planned.
        var families = run.Cost!.Team?.Limits.InstanceFamilies ?? [];
        IReadOnlyList<string> types = [.. forecaster.Comparable(job).Where(type => families.Count == 0 || families.Contains(BudgetRules.FamilyOf(type)))];
        var others = await prices.ReadAsync(job.Region, types, cancellationToken);
        var known = run.Cost.Prices.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        var all = run.Cost.Prices with { Inputs = [.. run.Cost.Prices.Inputs, .. others.Inputs.Where(input => !known.Contains(input.Name))] };
        var question = new WhatIfQuestion(job, run.Plan!, all, types, uploadedBytes, terms.Policy, (variant, cost) => MayUse(run with { Job = variant }, cost));
        var points = WhatIf.Select([.. whatIf.Front(question).Where(point => point.Variables.Count > 0)], MostOthers);
        var lines = await call.Console.RunWithStatusAsync($"plan {Counted.Format(points.Count, "other way", "other ways")} to do the work", () => runs.PlanAsync(points, cancellationToken));
        var record = new WhatIfRecord(JobSimulation.Deadline(job).TotalHours, [WhatIfLine.From(whatIf.Own(question)), .. lines]);
        await call.Session.UpdateAsync("whatif.compared", current => current with { WhatIf = record }, record, cancellationToken);
        WhatIfView.Show(call.Console, record, line => call.Hints.Without("var", "var-file", "deadline").For("Launch", $"--run={line.RunId}", $"--approve={line.Digest}"));
    }

    private bool MayUse(RunRecord run, CostRecord cost) =>
        run.Cost!.Team is not { } team || (RunBudget.RequestOf(run, cost, book.GpusPerNode) is { } request && !BudgetRules.Refusals(team with { Requested = request.Requested }, request).Any());
}
