using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Metrics;

/// <summary>Reads what PutMetricData brings, by the rules that its documentation has beside the service model.</summary>
internal static class MetricData
{
    private const int MostMetrics = 1000;
    private const int MostValues = 150;
    private const int Minute = 60;
    private const string Unnamed = "None";

    private static readonly string[] ValueMembers = ["Value", "StatisticValues", "Values"];
    private static readonly TimeSpan Behind = TimeSpan.FromDays(14);
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(2);
    private static readonly double Greatest = Math.Pow(2, 360);

    /// <exception cref="AwsError">InvalidParameterValue, InvalidParameterCombination or MissingParameter.</exception>
    public static IReadOnlyList<(MetricKey Key, IReadOnlyList<Datapoint> Points)> Read(JsonObject input, DateTimeOffset now)
    {
        var space = input.RequiredText("Namespace");
        Require(!space.StartsWith("AWS/", StringComparison.Ordinal), "The value AWS/ for parameter Namespace is invalid: it is kept for AWS's own services.");
        var data = input.Objects("MetricData");
        Require(data.Count is > 0 and <= MostMetrics, $"The collection MetricData must have from 1 to {MostMetrics} metrics.");
        return
        [
            .. data.Index().Select(datum => (
                new MetricKey(space, datum.Item.RequiredText("MetricName"), Dimensions(datum.Item)),
                Points(datum.Item, $"MetricData.member.{datum.Index + 1}", now))),
        ];
    }

    public static IReadOnlyList<Dimension> Dimensions(JsonObject owner) =>
        [.. owner.Objects("Dimensions").Select(given => new Dimension(given.RequiredText("Name"), given.RequiredText("Value")))];

    private static IReadOnlyList<Datapoint> Points(JsonObject datum, string place, DateTimeOffset now)
    {
        var resolution = datum.Integer("StorageResolution") ?? Minute;
        Require(resolution is 1 or Minute, $"The value {resolution} for parameter {place}.StorageResolution is invalid: it is 1 or {Minute}.");
        var time = datum.Time("Timestamp") ?? now;
        Require(
            time >= now - Behind && time <= now + Ahead,
            $"The parameter {place}.Timestamp must be at most two weeks before and two hours after the current time.");
        var (isHigh, seconds, unit) = (resolution == 1, Math.Floor(time.ToEpochSeconds()), datum.Text("Unit") ?? Unnamed);
        var at = isHigh ? seconds : Math.Floor(seconds / Minute) * Minute;
        Datapoint[] points = [.. Values(datum, place, at).Select(point => point with { Unit = unit, IsHighResolution = isHigh })];
        Require(
            points.All(point => Math.Abs(point.Minimum) <= Greatest && Math.Abs(point.Maximum) <= Greatest && Math.Abs(point.Sum) <= Greatest && point.Count > 0),
            $"The values of {place} must be from -2^360 to 2^360, and their counts greater than 0.");
        return points;
    }

    private static IEnumerable<Datapoint> Values(JsonObject datum, string place, double time)
    {
        string[] given = [.. ValueMembers.Where(member => datum[member] is not null)];
        if (given.Length != 1)
        {
            throw given.Length == 0
                ? new AwsError(400, "MissingParameter", $"{place} must have Value, Values or StatisticValues.")
                : new AwsError(400, "InvalidParameterCombination", $"The parameters {place}.{given[0]} and {place}.{given[1]} are mutually exclusive and you have specified both.");
        }

        return given[0] switch
        {
            "Value" => [Single(time, datum.Number("Value")!.Value, 1)],
            "Values" => Several(datum, place, time),
            _ => [Set(datum["StatisticValues"]!.AsObject(), time)],
        };
    }

    private static Datapoint Set(JsonObject set, double time) =>
        new(time, set.Number("SampleCount")!.Value, set.Number("Sum")!.Value, set.Number("Minimum")!.Value, set.Number("Maximum")!.Value);

    private static IEnumerable<Datapoint> Several(JsonObject datum, string place, double time)
    {
        var values = datum.Numbers("Values");
        var counts = datum["Counts"] is null ? [.. values.Select(_ => 1.0)] : datum.Numbers("Counts");
        Require(values.Count is > 0 and <= MostValues, $"The collection {place}.Values must have from 1 to {MostValues} values.");
        Require(counts.Count == values.Count, $"The collections {place}.Values and {place}.Counts must be of the same size.");
        return values.Zip(counts, (value, count) => Single(time, value, count));
    }

    private static Datapoint Single(double time, double value, double count) => new(time, count, value * count, value, value);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new AwsError(400, "InvalidParameterValue", otherwise);
        }
    }
}
