using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch;

/// <summary>Statistics over periods, as GetMetricData gives them.</summary>
internal static class MetricStatistics
{
    private static readonly int[] HighResolutionPeriods = [1, 5, 10, 20, 30];

    /// <summary>One value for each period that holds datapoints, in order of time; a period's time is its first second.</summary>
    /// <param name="period">Seconds.</param>
    public static IReadOnlyList<(double Time, double Value)> ByPeriod(IEnumerable<Datapoint> points, int period, string statistic)
    {
        if (period < 1 || (period % 60 != 0 && !HighResolutionPeriods.Contains(period)))
        {
            throw new AwsError(400, "ValidationError", "Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
        }

        return
        [
            .. from point in points
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
        "Maximum" => points.Max(point => point.Maximum),
        _ => throw new AwsError(
            400, "ValidationError", $"The sandbox computes Average, Sum, SampleCount, Minimum and Maximum, not '{statistic}'."),
    };
}
