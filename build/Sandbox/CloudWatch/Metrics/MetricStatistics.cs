using System.Globalization;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Metrics;

/// <summary>Statistics over periods, as GetMetricData gives them.</summary>
internal static class MetricStatistics
{
    private const int Minute = 60;

    private static readonly int[] HighResolutionPeriods = [1, 5, 10, 20, 30];

    /// <summary>One value for each period that holds datapoints, in order of time; a period's time is its first second.</summary>
    /// <param name="period">Seconds; below a minute, only values of high resolution count.</param>
    /// <param name="origin">A second at which a period begins; the others begin a multiple of the period before or after.</param>
    /// <exception cref="AwsError">There is no such period or statistic.</exception>
    public static IReadOnlyList<MetricValue> ByPeriod(IEnumerable<Datapoint> points, int period, string statistic, double origin = 0)
    {
        if (period < 1 || (period % Minute != 0 && !HighResolutionPeriods.Contains(period)))
        {
            throw Invalid("Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
        }

        var percentile = Percentile.Parse(statistic);
        return
        [
            .. from point in points
               where point.IsHighResolution || period >= Minute
               group point by (Math.Floor((point.Time - origin) / period) * period) + origin into span
               orderby span.Key
               let value = percentile is null ? Value([.. span], statistic) : percentile.Of([.. span])
               where value is not null
               select new MetricValue(span.Key, value.Value, span.Sum(point => point.Count)),
        ];
    }

    private static double? Value(IReadOnlyList<Datapoint> points, string statistic) => statistic switch
    {
        "Average" => points.Sum(point => point.Sum) / points.Sum(point => point.Count),
        "Sum" => points.Sum(point => point.Sum),
        "SampleCount" => points.Sum(point => point.Count),
        "Minimum" => points.Min(point => point.Minimum),
        "Maximum" => points.Max(point => point.Maximum),
        _ => throw Invalid($"The sandbox does not emulate the statistic '{statistic}'."),
    };

    private static AwsError Invalid(string message) => new(400, "ValidationError", message);
}

/// <summary>A statistic over one period.</summary>
/// <param name="Time">First second of the period, since 1970.</param>
/// <param name="Count">How many values were published in it.</param>
internal sealed record MetricValue(double Time, double Value, double Count);

/// <summary>A percentile such as <c>p90</c> or <c>p99.9</c>.</summary>
/// <param name="Rank">From 0 to 1.</param>
internal sealed record Percentile(double Rank)
{
    /// <returns>Null if the statistic is none, or is out of p0 to p100.</returns>
    public static Percentile? Parse(string statistic) =>
        statistic.StartsWith('p') && double.TryParse(statistic.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent <= 100
            ? new Percentile(percent / 100)
            : null;

    /// <summary>The value that the share of the rank does not exceed. CloudWatch estimates it to within a percent; here it is exact.</summary>
    /// <returns>Null where a statistic set hides its values: AWS has no percentile then.</returns>
    public double? Of(IReadOnlyList<Datapoint> points)
    {
        if (points.Any(point => point.Minimum < point.Maximum))
        {
            return null;
        }

        var (sorted, wanted) = (points.OrderBy(point => point.Maximum).ToArray(), Rank * points.Sum(point => point.Count));
        var passed = 0.0;
        return (sorted.FirstOrDefault(point => (passed += point.Count) >= wanted) ?? sorted[^1]).Maximum;
    }
}
