using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch;

/// <summary>Statistics over periods, as GetMetricData gives them.</summary>
internal static class MetricStatistics
{
    private const int Minute = 60;

    private static readonly int[] HighResolutionPeriods = [1, 5, 10, 20, 30];

    /// <summary>One value for each period that holds datapoints, in order of time; a period's time is its first second.</summary>
    /// <param name="period">Seconds; below a minute, only values of high resolution count.</param>
    public static IReadOnlyList<(double Time, double Value)> ByPeriod(IEnumerable<Datapoint> points, int period, string statistic)
    {
        if (period < 1 || (period % Minute != 0 && !HighResolutionPeriods.Contains(period)))
        {
            throw new AwsError(400, "ValidationError", "Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
        }

        return
        [
            .. from point in points
               where point.IsHighResolution || period >= Minute
               group point by Math.Floor(point.Time / period) * period into span
               orderby span.Key
               select (span.Key, Value([.. span], statistic)),
        ];
    }

    private static double Value(IReadOnlyList<Datapoint> points, string statistic) => statistic switch
    {
        "Average" => points.Sum(point => point.Sum) / points.Sum(point => point.Count),
        "Sum" => points.Sum(point => point.Sum),
        "SampleCount" => points.Sum(point => point.Count),
        "Minimum" => points.Min(point => point.Minimum),
        _ => points.Max(point => point.Maximum),
    };
}
