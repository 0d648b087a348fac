using BuildPipeline.Checkpoints;

namespace BuildPipeline.Replay;

/// <summary>Goodput of one trace's availability at the interval that is chosen and at the best interval of a sweep.</summary>
/// <param name="Trace">The trace.</param>
/// <param name="StallSeconds">Time that a checkpoint blocks training.</param>
/// <param name="AutoSeconds">The chosen interval.</param>
/// <param name="AutoGoodput">Share of the available time that ends up as saved work, at the chosen interval.</param>
/// <param name="BestSeconds">The best interval of the sweep.</param>
/// <param name="BestGoodput">Its goodput.</param>
public sealed record CheckpointSweepResult(
    string Trace, double StallSeconds, double AutoSeconds, double AutoGoodput, double BestSeconds, double BestGoodput);

/// <summary>Tries checkpoint intervals on a trace's runs of availability.</summary>
public static class CheckpointSweep
{
    private const double ShortestSeconds = 30;
    private const double LongestSeconds = 8 * 3600;
    private const double Ratio = 1.1;
    private const int Lengths = 15;

    // A run that was seen at n samples started and ended anywhere between two of them, so it lasted n - 1 to n + 1, n being the likeliest.
    // Without these, intervals that divide the sampling would win.
    private static readonly double[] Offsets = [.. Enumerable.Range(0, Lengths).Select(i => Triangular((i + 0.5) / Lengths))];

    /// <summary>Sweeps a trace for its largest node group.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="stallSeconds">Time that a checkpoint blocks training.</param>
    /// <param name="restartSeconds">Time of a start.</param>
    public static CheckpointSweepResult Run(SpotTrace trace, double stallSeconds, double restartSeconds)
    {
        var runs = Runs(trace);
        var auto = CheckpointInterval.Seconds(stallSeconds, runs.Average());
        var (interval, goodput) = Intervals().Select(each => (each, Goodput(runs, each, stallSeconds, restartSeconds))).MaxBy(pair => pair.Item2);
        return new(trace.Name, stallSeconds, auto, Goodput(runs, auto, stallSeconds, restartSeconds), interval, goodput);
    }

    /// <summary>Saved work over available time; what is done after a run's last checkpoint is lost.</summary>
    private static double Goodput(IReadOnlyList<double> runSeconds, double interval, double stall, double restart) =>
        runSeconds.Sum(run => interval * Math.Floor(Math.Max(0, run - restart) / (interval + stall))) / runSeconds.Sum();

    private static double Triangular(double share) => share < 0.5 ? Math.Sqrt(2 * share) - 1 : 1 - Math.Sqrt(2 * (1 - share));

    private static IEnumerable<double> Intervals()
    {
        for (var interval = ShortestSeconds; interval <= LongestSeconds; interval *= Ratio)
        {
            yield return interval;
        }
    }

    private static List<double> Runs(SpotTrace trace)
    {
        var runs = new List<double>();
        var ticks = 0;
        for (var tick = 0; tick <= trace.Length; tick++)
        {
            if (tick < trace.Length && trace.IsUp(tick, trace.LargestNodeGroup))
            {
                ticks++;
            }
            else if (ticks > 0)
            {
                runs.AddRange(Offsets.Select(offset => (ticks + offset) * trace.TickHours * 3600));
                ticks = 0;
            }
        }

        return runs;
    }
}
