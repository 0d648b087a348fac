namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>Which state the values of a metric put its alarm into, by the rules that CloudWatch publishes for missing data.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html</remarks>
internal static class AlarmEvaluation
{
    /// <summary>
    /// Periods that are read beyond those that are evaluated. CloudWatch looks back farther than EvaluationPeriods, and publishes how far
    /// for one case only: 5 periods for 3.
    /// </summary>
    public const int ExtraPeriods = 2;

    /// <summary>The new state.</summary>
    /// <param name="condition">The alarm's settings.</param>
    /// <param name="range">The value of each period of the evaluation range, the oldest first; null where there is none.</param>
    /// <param name="current">The state until now.</param>
    public static AlarmState Evaluate(MetricCondition condition, IReadOnlyList<double?> range, AlarmState current)
    {
        var (periods, wanted) = (condition.EvaluationPeriods, condition.DatapointsToAlarm ?? condition.EvaluationPeriods);
        bool[] real = [.. range.OfType<double>().Select(condition.IsBreaching).TakeLast(periods)];
        var (breaching, missing) = (real.Count(isBreaching => isBreaching), periods - real.Length);
        return condition.TreatMissingData switch
        {
            _ when missing == 0 || breaching >= wanted => Decide(breaching >= wanted),
            "breaching" => Decide(breaching + missing >= wanted),
            "notBreaching" => AlarmState.OK,
            _ when real.Contains(false) => AlarmState.OK,
            "ignore" => current,
            _ when real.Length == 0 => AlarmState.INSUFFICIENT_DATA,
            _ => HasWaited(range, wanted) ? AlarmState.ALARM : current,
        };
    }

    private static AlarmState Decide(bool isAlarm) => isAlarm ? AlarmState.ALARM : AlarmState.OK;

    /// <summary>
    /// Only breaching values came, and too few. The newest may be followed by one that is not breaching, so the alarm waits until the oldest of
    /// them is as old as the number of values that it wants.
    /// </summary>
    private static bool HasWaited(IReadOnlyList<double?> range, int wanted) => range.Count - range.Index().First(value => value.Item is not null).Index >= wanted;
}
