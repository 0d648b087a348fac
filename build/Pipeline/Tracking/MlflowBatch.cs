using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.JobLogs;

namespace BuildPipeline.Tracking;

/// <summary>Cuts what a server lacks into requests that it takes.</summary>
/// <remarks>The limits of runs/log-batch are those that MLflow documents for it.</remarks>
public static class MlflowBatch
{
    private const int MostMetrics = 1000;
    private const int MostParamsOrTags = 100;
    private const int MostTogether = 1000;

    // A request may have 1 MB; its other members take a little of it.
    private const int MostBytes = 990_000;

    private static readonly (string List, int Most)[] Lists = [("params", MostParamsOrTags), ("tags", MostParamsOrTags), ("metrics", MostMetrics)];

    /// <summary>The requests, in the order to send them: parameters and tags first, then the metrics by time.</summary>
    public static IEnumerable<JsonObject> Create(string runId, RunDifference difference)
    {
        var (request, bytes, count) = (Empty(runId), 0, 0);
        foreach (var (list, item) in Items(difference))
        {
            var size = Encoding.UTF8.GetByteCount(item.ToJsonString(RunJson.Compact)) + 1;
            if (count == MostTogether || bytes + size > MostBytes || request[list]!.AsArray().Count == Lists.First(known => known.List == list).Most)
            {
                yield return request;
                (request, bytes, count) = (Empty(runId), 0, 0);
            }

            request[list]!.AsArray().Add(item);
            (bytes, count) = (bytes + size, count + 1);
        }

        if (count > 0)
        {
            yield return request;
        }
    }

    /// <summary>A value as JSON has it; what is no number there is a word, as protobuf's JSON has it.</summary>
    public static JsonNode ValueOf(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "Infinity" : double.IsNegativeInfinity(value) ? "-Infinity" : value;

    private static IEnumerable<(string List, JsonObject Item)> Items(RunDifference difference) =>
    [
        .. difference.Params.Select(entry => ("params", Entry(entry))),
        .. difference.Tags.Select(entry => ("tags", Entry(entry))),
        .. difference.Metrics.Select(point => ("metrics", Metric(point))),
    ];

    private static JsonObject Entry(KeyValuePair<string, string> entry) => new() { ["key"] = entry.Key, ["value"] = entry.Value };

    private static JsonObject Metric(MetricPoint point) => new()
    {
        ["key"] = point.Name,
        ["value"] = ValueOf(point.Value),
        ["timestamp"] = point.At.ToUnixTimeMilliseconds(),
        ["step"] = point.Step,
    };

    private static JsonObject Empty(string runId)
    {
        var request = new JsonObject { ["run_id"] = runId };
        foreach (var (list, _) in Lists)
        {
            request[list] = new JsonArray();
        }

        return request;
    }
}
