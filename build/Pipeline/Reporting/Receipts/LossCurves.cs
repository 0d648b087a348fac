using System.Text.RegularExpressions;
using BuildPipeline.JobLogs;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>A value of the loss.</summary>
public sealed record LossPoint(long Step, double Value);

/// <summary>The values of one metric.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Parts">One part for each time that the program counted on; a part that starts at an earlier step repeats work after a restart.</param>
/// <param name="NotFinite">Values that were no number; they are not in the parts.</param>
public sealed record LossCurve(string Metric, IReadOnlyList<IReadOnlyList<LossPoint>> Parts, int NotFinite);

/// <summary>A restart of the program.</summary>
/// <param name="At">When it trained again.</param>
/// <param name="Step">The step that it started from or, where that is not proven, the first that it logged; null if it logged none.</param>
public sealed record Restart(DateTimeOffset At, long? Step);

/// <summary>Curves of the loss of a run over its steps, with its restarts.</summary>
public sealed partial record LossCurves(IReadOnlyList<LossCurve> Curves, IReadOnlyList<Restart> Restarts)
{
    private const int MostCurves = 4;
    private const int MostParts = 60;
    private const int MostPoints = 300;

    /// <summary>The curves of a run, with no more points than a drawing shows; null if nothing was logged that is a loss.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metrics">What its jobs have logged.</param>
    public static LossCurves? Calculate(RunRecord run, IReadOnlyList<MetricPoint> metrics)
    {
        var series = metrics.Where(point => !OtherNode().IsMatch(point.Name)).GroupBy(point => point.Name).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        var losses = series.Where(group => group.Key.Contains("loss", StringComparison.OrdinalIgnoreCase)).ToList();
        var chosen = (losses.Count > 0 ? losses : series.Where(group => group.Key == run.Job?.FinalMetric?.Name)).Take(MostCurves).Select(CurveOf).Where(curve => curve.Parts.Count > 0).ToList();
        return chosen.Count == 0 ? null : new(chosen, RestartsOf(run, metrics));
    }

    private static LossCurve CurveOf(IGrouping<string, MetricPoint> series)
    {
        var points = series.OrderBy(point => point.At).ToList();
        var parts = new List<List<LossPoint>>();
        foreach (var point in points.Where(point => double.IsFinite(point.Value)))
        {
            if (parts is not [.., [.., var last]] || point.Step < last.Step)
            {
                parts.Add([]);
            }

            parts[^1].Add(new(point.Step, point.Value));
        }

        var newest = parts.TakeLast(MostParts).ToList();
        var count = newest.Sum(part => part.Count);
        return new(series.Key, [.. newest.Select(part => Thinned(part, count))], points.Count(point => !double.IsFinite(point.Value)));
    }

    // The lowest and the highest value of each stretch, so no spike vanishes.
    private static IReadOnlyList<LossPoint> Thinned(List<LossPoint> part, int whole)
    {
        if (whole <= MostPoints)
        {
            return part;
        }

        var stretches = Math.Max(1, (int)((long)MostPoints * part.Count / whole / 2));
        return
        [
            .. part.Chunk((part.Count + stretches - 1) / stretches)
                .SelectMany(stretch => new[] { stretch.MinBy(point => point.Value)!, stretch.MaxBy(point => point.Value)! }.Distinct().OrderBy(point => point.Step)),
        ];
    }

    private static IReadOnlyList<Restart> RestartsOf(RunRecord run, IReadOnlyList<MetricPoint> metrics)
    {
        var starts = run.Attempts.SelectMany(attempt => attempt.Transitions).Where(transition => transition.Status == "Training").Select(transition => transition.StartedAt).Order().ToList();
        var proven = (run.Evidence?.Interruptions ?? []).Where(interruption => interruption.ResumedFromStep is not null).ToLookup(interruption => interruption.TrainingAgainAt, interruption => (long?)interruption.ResumedFromStep);
        return
        [
            .. starts.Select((start, index) => (At: start, Until: index + 1 < starts.Count ? starts[index + 1] : DateTimeOffset.MaxValue)).Skip(1).TakeLast(MostParts)
                .Select(start => new Restart(start.At, proven[start.At].FirstOrDefault() ?? metrics.Where(point => point.At >= start.At && point.At < start.Until).MinBy(point => point.At)?.Step)),
        ];
    }

    [GeneratedRegex(@"\.algo-[0-9]+$")]
    private static partial Regex OtherNode();
}
