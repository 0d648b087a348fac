using System.Globalization;
using BuildPipeline.Goodput;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The sections on dollars: cost, the team's budget, and what the bill went into.</summary>
internal static class MoneySections
{
    /// <summary>The sections that the run has.</summary>
    public static IEnumerable<Section> Create(RunRecord run, RunReport report)
    {
        if (run.Cost is not null || run.Adopted is not null)
        {
            yield return new("Cost", [.. Cost(run, report.Money)]);
        }

        if ((run.Budget?.TeamBalance ?? run.Cost?.Team) is { } team)
        {
            yield return BudgetSection.Create(run.Budget, team);
        }

        if (run.Goodput is { Ratio: { } ratio } goodput)
        {
            yield return new("Goodput", [.. Goodput(goodput, ratio)]);
        }
    }

    private static IEnumerable<Block> Cost(RunRecord run, MoneyFigures money)
    {
        (string, Usd?)[] planned = run.Adopted is null ? [("ceiling", money.Ceiling), ("p90", money.P90), ("expected", money.Expected)] : [("Terraform's ceiling", money.Ceiling)];
        (string, Usd?)[] seen = run.Attempts.Count == 0 ? [] : [("billed", money.Billed), ("same work on demand", money.OnDemand)];
        yield return new AmountBars([.. planned, .. seen]);
        if (run.Cost is { } cost)
        {
            yield return new Paragraph(Text.From($"Approved: {(run.Approval is { } approval ? Text.From($"{approval.Subject.Ceiling}") : Text.Own("nothing"))}. Limit of a run: {cost.MaxRunCostUsd}."));
        }

        if (run.Attempts.Where(attempt => attempt is { BillableSeconds: not null, TrainingSeconds: not null }).Select(attempt => Bill(run, attempt)).ToList() is { Count: > 0 } bills)
        {
            yield return new Items(bills);
        }

        if (run.Cost?.CostSimulation is { } simulation)
        {
            yield return new Paragraph(Text.Own(CostText.SampledRun(simulation)));
        }

        if (run.Cost is { } priced)
        {
            yield return new Items([.. CostText.ServiceOptions(priced).Select(Text.Own), .. CostText.Sources(priced).Concat(priced.Prices.Notes).Select(Text.Foreign)]);
        }
    }

    private static Text Bill(RunRecord run, AttemptRecord attempt)
    {
        var saved = attempt.SpotSavings is { } share ? Text.Own(Format.Share(share, 1)) : Text.Own("-");
        return Text.From($"Billed {attempt.BillableSeconds!.Value} of {attempt.TrainingSeconds!.Value} training seconds on {Counted.Format(run.JobOf(attempt).InstanceCount, "node")} at {run.RateOf(attempt)} an hour for all nodes; {saved} cheaper than on-demand.");
    }

    private static IEnumerable<Block> Goodput(GoodputRecord goodput, double ratio)
    {
        yield return new Paragraph(Text.Own($"{Format.Share(ratio, 1)} of the billed time was productive. Not billed: {Words(goodput.CapacityWaitSeconds)} of waiting for capacity."));
        yield return new GoodputBar(goodput);
        yield return new Table(
            [new("billed for"), new("on nodes", true), new("billed seconds", true), new("cost", true), new("share", true)],
            [
                .. goodput.Shares.Where(share => share.NodeSeconds > 0 || share.BilledSeconds > 0).Select(share => Row(Format.Words(share.Category), share.NodeSeconds, share.BilledSeconds, share.Cost, goodput)),
                Row("total", goodput.Shares.Sum(share => share.NodeSeconds), goodput.BilledSeconds, goodput.Cost, goodput),
            ]);
        if (goodput.IsCoarse())
        {
            yield return new Paragraph(Text.Own(GoodputRecord.RoundingNote));
        }
    }

    private static IReadOnlyList<Text> Row(string name, double nodeSeconds, long billedSeconds, Usd? cost, GoodputRecord goodput) =>
    [
        Text.Own(name), Text.Own(Words(nodeSeconds)), Text.Own(billedSeconds.ToString(CultureInfo.InvariantCulture)), Text.Own(Format.Money(cost)),
        Text.Own(Format.Share(billedSeconds, goodput.BilledSeconds)),
    ];

    private static string Words(double seconds) => TimeSpan.FromSeconds(seconds).InWords();
}
