using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>Why a metric alarm is in a state: AWS's sentence, and the same as JSON.</summary>
/// <param name="Text">StateReason.</param>
/// <param name="Data">StateReasonData.</param>
internal sealed record AlarmReason(string Text, string Data)
{
    private static readonly Dictionary<string, string> Comparisons = new(StringComparer.Ordinal)
    {
        ["GreaterThanOrEqualToThreshold"] = "greater than or equal to", ["GreaterThanThreshold"] = "greater than",
        ["LessThanThreshold"] = "less than", ["LessThanOrEqualToThreshold"] = "less than or equal to",
    };

    /// <param name="values">The values that were evaluated, the oldest first.</param>
    /// <param name="now">When they were asked for.</param>
    public static AlarmReason Create(MetricCondition condition, IReadOnlyList<MetricValue> values, AlarmState state, DateTimeOffset now) =>
        new(Sentence(condition, values, state), Document(condition, values, now));

    /// <summary>A number as AWS's messages have it: with a decimal at least.</summary>
    public static string Number(double value) => value.ToString("0.0###############", CultureInfo.InvariantCulture);

    private static string Sentence(MetricCondition condition, IReadOnlyList<MetricValue> values, AlarmState state)
    {
        var missing = condition.EvaluationPeriods - values.Count;
        if (state == AlarmState.INSUFFICIENT_DATA)
        {
            return $"Insufficient Data: {Counted(missing, "datapoint")} unknown.";
        }

        if (values.Count == 0)
        {
            var treated = condition.TreatMissingData == "breaching" ? "Breaching" : "NonBreaching";
            return $"Threshold Crossed: no datapoints were received for {Many(missing, "period")} and {Counted(missing, "missing datapoint")} treated as [{treated}].";
        }

        var isAlarm = state == AlarmState.ALARM;
        var count = values.Count(value => condition.IsBreaching(value.Value) == isAlarm);
        var listed = string.Join(", ", values.Reverse().Select(value => $"{Number(value.Value)} ({Time(value.Time):dd/MM/yy HH:mm:ss})"));
        var wanted = condition.DatapointsToAlarm ?? condition.EvaluationPeriods;
        var (least, change) = isAlarm ? (wanted, "OK -> ALARM") : (condition.EvaluationPeriods - wanted + 1, "ALARM -> OK");
        return $"Threshold Crossed: {count} out of the last {values.Count} datapoints [{listed}] {(count == 1 ? "was" : "were")}{(isAlarm ? "" : " not")} "
            + $"{Comparisons[condition.ComparisonOperator]} the threshold ({Number(condition.Threshold)}) (minimum {Many(least, "datapoint")} for {change} transition).";
    }

    private static string Document(MetricCondition condition, IReadOnlyList<MetricValue> values, DateTimeOffset now)
    {
        var document = new JsonObject
        {
            ["version"] = "1.0",
            ["queryDate"] = AlarmTime.Text(now),
            ["statistic"] = condition.Statistic,
            ["period"] = condition.Period,
            ["recentDatapoints"] = new JsonArray([.. values.Select(value => JsonValue.Create(value.Value))]),
            ["threshold"] = condition.Threshold,
            ["evaluatedDatapoints"] = new JsonArray([.. values.Reverse().Select(value => new JsonObject
            {
                ["timestamp"] = AlarmTime.Text(Time(value.Time)),
                ["sampleCount"] = value.Count,
                ["value"] = value.Value,
            })]),
        };
        if (values.Count > 0)
        {
            document["startDate"] = AlarmTime.Text(Time(values[0].Time));
        }

        return document.ToJsonString();
    }

    private static DateTimeOffset Time(double seconds) => EpochTime.FromEpochSeconds(seconds);

    private static string Counted(int count, string noun) => $"{Many(count, noun)} {(count == 1 ? "was" : "were")}";

    private static string Many(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}

/// <summary>Times as CloudWatch writes them in its messages, for example <c>2026-01-02T03:04:05.678+0000</c>.</summary>
internal static class AlarmTime
{
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture);
}
