namespace BuildPipeline.Spot;

/// <summary>What a job will probably cost, in on-demand hours of the node group.</summary>
/// <param name="P05">Lower end of the 90% interval: about one job in twenty is cheaper.</param>
/// <param name="P50">Half of the jobs are cheaper.</param>
/// <param name="P95">Upper end of the 90% interval: about one job in twenty is more expensive.</param>
public sealed record CostRange(double P05, double P50, double P95)
{
    /// <summary>The range of drawn costs whose ends hold the largest share of them, less what its width counts; the median is always in it.</summary>
    /// <remarks>
    /// At the same width this holds more costs than the 5% and 95% quantiles do: costs pile up at "all on spot" and at "all on on-demand",
    /// and a job whose outcome is open need not pay for the part of the range that is seldom reached.
    /// </remarks>
    /// <param name="sorted">Costs, the least first.</param>
    /// <param name="widthPrice">Share of the costs that one unit of width is worth.</param>
    internal static CostRange From(ReadOnlySpan<double> sorted, double widthPrice)
    {
        var (low, high, best) = (0, 0, double.NegativeInfinity);
        var (begin, least) = (0, double.PositiveInfinity);
        for (var i = 0; i < sorted.Length; i++)
        {
            var before = ((double)i / sorted.Length) - (widthPrice * sorted[i]);
            if (before < least)
            {
                (begin, least) = (i, before);
            }

            var worth = before + (1.0 / sorted.Length) - least;
            if (worth > best)
            {
                (low, high, best) = (begin, i, worth);
            }
        }

        var middle = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new CostRange(Math.Min(sorted[low], middle), middle, Math.Max(sorted[high], middle));
    }
}
