using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Metrics;

/// <summary>PutMetricData, GetMetricData and ListMetrics.</summary>
internal sealed partial class MetricOperations(PerRegion<MetricStore> stores, TimeProvider time) : IAwsOperations
{
    private const int MostMetrics = 500;
    private const int MostQueries = 500;
    private const int MostDatapoints = 100_800;

    private static readonly TimeSpan RecentlyActive = TimeSpan.FromHours(3);

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["PutMetricData"] = AwsOperations.Of(call => PutMetricData(stores.In(call.Region), call.Input)),
        ["GetMetricData"] = AwsOperations.Of(call => GetMetricData(stores.In(call.Region), call.Input)),
        ["ListMetrics"] = AwsOperations.Of(call => ListMetrics(stores.In(call.Region), call.Input)),
    };

    private JsonObject? PutMetricData(MetricStore store, JsonObject input)
    {
        foreach (var (key, points) in MetricData.Read(input, time.GetUtcNow()))
        {
            store.Put(key, points);
        }

        return null;
    }

    private static JsonObject GetMetricData(MetricStore store, JsonObject input)
    {
        var (from, until) = (input.Number("StartTime")!.Value, input.Number("EndTime")!.Value);
        Require(from < until, "The parameter StartTime must be less than the parameter EndTime.");
        var queries = input.Objects("MetricDataQueries");
        CheckQueries(queries);
        var most = input.Integer("MaxDatapoints") ?? MostDatapoints;
        Require(most is > 0 and <= MostDatapoints, $"MaxDatapoints must be from 1 to {MostDatapoints}.");
        var skip = Offset(input);
        var oldestFirst = input.Text("ScanBy") == "TimestampAscending";
        var more = false;
        var results = new JsonArray();
        foreach (var query in queries.Where(query => query["ReturnData"] is null || query.Flag("ReturnData")))
        {
            var values = Values(store, query, from, until);
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

    private static void CheckQueries(IReadOnlyList<JsonObject> queries)
    {
        Require(queries.Count is > 0 and <= MostQueries, $"MetricDataQueries must have from 1 to {MostQueries} queries.");
        Require(queries.DistinctBy(query => query.Text("Id")).Count() == queries.Count, "The values for parameter Id in MetricDataQueries must be unique.");
        foreach (var query in queries)
        {
            var id = query.RequiredText("Id");
            Require(QueryId().IsMatch(id), $"The value {id} for parameter Id is invalid: it begins with a lowercase letter and has letters, digits and _.");
            Require(query["MetricStat"] is not null, $"Query '{id}' has no MetricStat; the sandbox evaluates no expressions.");
            Require(
                query.Text("Label")?.Contains("${", StringComparison.Ordinal) != true,
                $"The sandbox does not emulate dynamic labels: the Label of query '{id}' is '{query.Text("Label")}'.");
        }
    }

    private static IReadOnlyList<MetricValue> Values(MetricStore store, JsonObject query, double from, double until)
    {
        var stat = query["MetricStat"]!.AsObject();
        var metric = stat["Metric"]!.AsObject();
        var (key, unit) = (new MetricKey(metric.RequiredText("Namespace"), metric.RequiredText("MetricName"), MetricData.Dimensions(metric)), stat.Text("Unit"));
        var points = store.Find(key, from, until).Where(point => unit is null || point.Unit == unit);
        return MetricStatistics.ByPeriod(points, stat.Integer("Period")!.Value, stat.RequiredText("Stat"));
    }

    private static JsonObject Describe(JsonObject query, IReadOnlyList<MetricValue> page, bool isComplete) => new()
    {
        ["Id"] = query.RequiredText("Id"),
        ["Label"] = query.Text("Label") ?? query["MetricStat"]!["Metric"]!.AsObject().RequiredText("MetricName"),
        ["Timestamps"] = new JsonArray([.. page.Select(point => JsonValue.Create(point.Time))]),
        ["Values"] = new JsonArray([.. page.Select(point => JsonValue.Create(point.Value))]),
        ["StatusCode"] = isComplete ? "Complete" : "PartialData",
    };

    private JsonObject ListMetrics(MetricStore store, JsonObject input)
    {
        var (space, name) = (input.Text("Namespace"), input.Text("MetricName"));
        var filters = input.Objects("Dimensions");
        var known = input.Text("RecentlyActive") is null
            ? store.Metrics
            : store.ActiveSince((time.GetUtcNow() - RecentlyActive).ToEpochSeconds());
        MetricKey[] found =
        [
            .. known
                .Where(metric => (space is null || metric.Namespace == space) && (name is null || metric.Name == name))
                .Where(metric => filters.All(filter => metric.Dimensions.Any(dimension => Passes(dimension, filter)))),
        ];
        var (page, next) = Paging.Page(found, input.Text("NextToken"), MostMetrics, InvalidToken);
        var answer = new JsonObject { ["Metrics"] = new JsonArray([.. page.Select(Describe)]) };
        if (next is not null)
        {
            answer["NextToken"] = next;
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

    private static int Offset(JsonObject input) => input.Text("NextToken") is not { } token ? 0
        : int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset
        : throw InvalidToken();

    private static AwsError InvalidToken() => new(400, "InvalidNextToken", "The NextToken is invalid: it comes from another request.");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new AwsError(400, "ValidationError", otherwise);
        }
    }

    [GeneratedRegex(@"\A[a-z][a-zA-Z0-9_]*\z")]
    private static partial Regex QueryId();
}
