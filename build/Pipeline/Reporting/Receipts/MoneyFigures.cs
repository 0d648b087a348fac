using BuildPipeline.Goodput;
using BuildPipeline.Prices;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The dollars of a run; null is unknown.</summary>
/// <param name="Ceiling">The most that it may cost.</param>
/// <param name="P90">Nine sampled runs in ten cost at most this.</param>
/// <param name="Expected">What it was expected to cost.</param>
/// <param name="Billed">What its training jobs cost; null also before the bill of one of them, and if there is none.</param>
/// <param name="OnDemand">The same work on demand: the time on the nodes without lost work and restarts, at the on-demand rate.</param>
public sealed record MoneyFigures(Usd? Ceiling, Usd? P90, Usd? Expected, Usd? Billed, Usd? OnDemand)
{
    /// <summary>The dollars of a run.</summary>
    public static MoneyFigures Calculate(RunRecord run) => run.Attempts.Count == 0
        ? new(run.Cost?.Ceiling, run.Cost?.P90, run.Cost?.Expected, null, null)
        : new(run.Adopted is { } adopted ? adopted.Ceiling : run.Cost?.Ceiling, run.Cost?.P90, run.Cost?.Expected, run.ActualCost, PriceOnDemand(run));

    private static Usd? PriceOnDemand(RunRecord run)
    {
        var trained = run.Attempts.Where(attempt => attempt.BillableSeconds != 0)
            .Aggregate((Usd?)Usd.Zero, (sum, attempt) => attempt.TrainingSeconds is { } seconds && run.RateOf(attempt) is { } rate ? sum + ActualCost.Calculate(seconds, rate) : null);
        return trained is { } whole ? whole * (decimal)UsefulShare(run.Goodput) : null;
    }

    // On demand, nothing is interrupted.
    private static double UsefulShare(GoodputRecord? goodput)
    {
        var whole = goodput?.Shares.Sum(share => share.NodeSeconds) ?? 0;
        return whole <= 0 ? 1 : 1 - (goodput!.Shares.Where(share => share.Category is GoodputCategory.LostWork or GoodputCategory.Restart).Sum(share => share.NodeSeconds) / whole);
    }
}
