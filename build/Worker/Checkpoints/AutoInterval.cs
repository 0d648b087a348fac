using System.Globalization;

namespace BuildPipeline.Worker.Checkpoints;

/// <summary>The time between checkpoints, corrected by what the run has seen of its own saves and interruptions (docs/checkpoints.md).</summary>
/// <param name="Interval">Between two checkpoints.</param>
/// <param name="Stall">How long the newest save held training up.</param>
/// <param name="TimeBetweenInterruptions">From a start to an interruption on average.</param>
/// <param name="After">Starts that were seen to end.</param>
internal sealed record AutoInterval(TimeSpan Interval, TimeSpan Stall, TimeSpan TimeBetweenInterruptions, int After)
{
    private const double LeastStalls = 10;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>The interval from here on.</summary>
    /// <param name="stallSeconds">Of the manifest that is resumed from.</param>
    /// <param name="expectedTimeBetweenInterruptions">What was expected before the run had seen an interruption; it counts as one time between interruptions.</param>
    /// <param name="lineage">Every start of the run, this one included.</param>
    public static AutoInterval Calculate(double stallSeconds, TimeSpan expectedTimeBetweenInterruptions, IReadOnlyList<LineageEntry> lineage)
    {
        var seen = lineage.Skip(1).ToList();
        var timeBetweenInterruptions = (expectedTimeBetweenInterruptions.TotalSeconds + seen.Sum(entry => entry.FromRanSeconds ?? 0)) / (1 + seen.Count);

        // Young's first-order optimum. What was seen of an time between interruptions is a lower bound, so the bound by the stall wins.
        var best = Math.Min(Math.Sqrt(2 * stallSeconds * timeBetweenInterruptions), Longest.TotalSeconds);
        var interval = Math.Max(best, Math.Max(LeastStalls * stallSeconds, Shortest.TotalSeconds));
        return new AutoInterval(TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(stallSeconds), TimeSpan.FromSeconds(timeBetweenInterruptions), seen.Count);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"checkpoint interval_seconds={Interval.TotalSeconds:0.0##} stall_seconds={Stall.TotalSeconds:0.0###} time_between_interruptions_seconds={TimeBetweenInterruptions.TotalSeconds:0.0} after={After}");
}
