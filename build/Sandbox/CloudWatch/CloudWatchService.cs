using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch;

/// <summary>CloudWatch metrics, in AWS JSON 1.0 and Smithy RPC v2 CBOR.</summary>
internal sealed class CloudWatchService : IAwsService
{
    private const int MostMetrics = 500;
    private const int MostDatapoints = 100_800;

    private readonly MetricStore _store;
    private readonly TimeProvider _time;
    private readonly AwsOperations _operations;

    public CloudWatchService(MetricStore store, TimeProvider time)
    {
        (_store, _time) = (store, time);
        _operations = new(new RequestGuard("cloudwatch", "ValidationError"), new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
        {
            ["PutMetricData"] = call => Task.FromResult(PutMetricData(call.Input)),
            ["GetMetricData"] = call => Task.FromResult<JsonObject?>(GetMetricData(call.Input)),
            ["ListMetrics"] = call => Task.FromResult<JsonObject?>(ListMetrics(call.Input)),
        });
    }

    public string SigningName => "monitoring";

    public Task HandleAsync(HttpContext context) => CborProtocol.Speaks(context.Request)
        ? CborProtocol.AnswerAsync(context, _operations)
        : AwsJsonProtocol.AnswerAsync(context, "1.0", _operations);

    private JsonObject? PutMetricData(JsonObject input)
    {
        var space = input.RequiredText("Namespace");
        if (space.StartsWith("AWS/", StringComparison.Ordinal))
        {
            throw new AwsError(
                400, "InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid: it is kept for AWS's own services.");
        }

        foreach (var datum in input.Objects("MetricData"))
        {
            _store.Put(new MetricKey(space, datum.RequiredText("MetricName"), Dimensions(datum)), [.. Datapoints(datum)]);
        }

        return null;
    }

    private IEnumerable<Datapoint> Datapoints(JsonObject datum)
    {
        var time = datum.Number("Timestamp") ?? _time.GetUtcNow().ToEpochSeconds();
        if (datum["StatisticValues"] is JsonObject set)
        {
            yield return new Datapoint(
                time, Required(set, "SampleCount"), Required(set, "Sum"), Required(set, "Minimum"), Required(set, "Maximum"));
        }
        else if (datum["Values"] is JsonArray values)
        {
            var counts = datum["Counts"] as JsonArray;
            foreach (var (index, node) in values.Index())
            {
                var (value, count) = (node!.GetValue<double>(), counts?[index]!.GetValue<double>() ?? 1);
                yield return new Datapoint(time, count, value * count, value, value);
            }
        }
        else
        {
            var value = Required(datum, "Value");
            yield return new Datapoint(time, 1, value, value, value);
        }
    }

    private JsonObject GetMetricData(JsonObject input)
    {
        var (from, until) = (Required(input, "StartTime"), Required(input, "EndTime"));
        var skip = int.TryParse(input.Text("NextToken"), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : 0;
        var most = Math.Clamp(input.Integer("MaxDatapoints") ?? MostDatapoints, 1, MostDatapoints);
        var oldestFirst = input.Text("ScanBy") == "TimestampAscending";
        var more = false;
        var results = new JsonArray();
        foreach (var query in input.Objects("MetricDataQueries").Where(query => query["ReturnData"] is null || query.Flag("ReturnData")))
        {
            var values = Values(query, from, until);
            var page = (oldestFirst ? values : [.. values.Reverse()]).Skip(skip).Take(most).ToArray();
            more |= skip + page.Length < values.Count;
            results.Add(Describe(query, page, isComplete: skip + page.Length >= values.Count));
        }

        var answer = new JsonObject { ["MetricDataResults"] = results, ["Messages"] = new JsonArray() };
        if (more)
        {
            answer["NextToken"] = (skip + most).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }

    private IReadOnlyList<(double Time, double Value)> Values(JsonObject query, double from, double until)
    {
        if (query["MetricStat"] is not JsonObject { } stat || stat["Metric"] is not JsonObject metric)
        {
            throw new AwsError(
                400, "ValidationError", $"Query '{query.Text("Id")}' has no MetricStat; the sandbox evaluates no expressions.");
        }

        var key = new MetricKey(metric.RequiredText("Namespace"), metric.RequiredText("MetricName"), Dimensions(metric));
        return MetricStatistics.ByPeriod(_store.Find(key, from, until), (int)Required(stat, "Period"), stat.RequiredText("Stat"));
    }

    private static JsonObject Describe(JsonObject query, IReadOnlyList<(double Time, double Value)> page, bool isComplete) => new()
    {
        ["Id"] = query.RequiredText("Id"),
        ["Label"] = query.Text("Label") ?? query["MetricStat"]!["Metric"]!.AsObject().RequiredText("MetricName"),
        ["Timestamps"] = new JsonArray([.. page.Select(point => JsonValue.Create(point.Time))]),
        ["Values"] = new JsonArray([.. page.Select(point => JsonValue.Create(point.Value))]),
        ["StatusCode"] = isComplete ? "Complete" : "PartialData",
    };

    private JsonObject ListMetrics(JsonObject input)
    {
        var (space, name) = (input.Text("Namespace"), input.Text("MetricName"));
        var filters = input.Objects("Dimensions");
        var found = _store.Metrics
            .Where(metric => (space is null || metric.Namespace == space) && (name is null || metric.Name == name))
            .Where(metric => filters.All(filter => metric.Dimensions.Any(dimension => Passes(dimension, filter))))
            .ToArray();
        var skip = int.TryParse(input.Text("NextToken"), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : 0;
        var answer = new JsonObject { ["Metrics"] = new JsonArray([.. found.Skip(skip).Take(MostMetrics).Select(Describe)]) };
        if (skip + MostMetrics < found.Length)
        {
            answer["NextToken"] = (skip + MostMetrics).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }

    private static bool Passes(Dimension dimension, JsonObject filter) =>
        dimension.Name == filter.Text("Name") && (filter.Text("Value") ?? dimension.Value) == dimension.Value;

    private static JsonObject Describe(MetricKey metric) => new()
    {
        ["Namespace"] = metric.Namespace,
        ["MetricName"] = metric.Name,
        ["Dimensions"] = new JsonArray([.. metric.Dimensions.Select(Describe)]),
    };

    private static JsonObject Describe(Dimension dimension) => new() { ["Name"] = dimension.Name, ["Value"] = dimension.Value };

    private static IReadOnlyList<Dimension> Dimensions(JsonObject owner) =>
        [.. owner.Objects("Dimensions").Select(given => new Dimension(given.RequiredText("Name"), given.RequiredText("Value")))];

    private static double Required(JsonObject owner, string member) =>
        owner.Number(member) ?? throw new AwsError(400, "MissingParameter", $"The parameter {member} is required.");
}
