using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>The operations that list alarms and their history.</summary>
internal sealed class AlarmQueries(PerRegion<AlarmStore> stores) : IAwsOperations
{
    private const int MostRecords = 100;
    private const int UsualRecords = 50;
    private const string MetricAlarm = "MetricAlarm";

    private static readonly string[] OfChildren = ["AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp"];
    private static readonly string[] OfParents = ["AlarmName", "AlarmArn"];
    private static readonly string[] Pages = ["MaxRecords", "NextToken"];

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["DescribeAlarms"] = AwsOperations.Of(call => Describe(stores.In(call.Region), call.Input)),
        ["DescribeAlarmsForMetric"] = AwsOperations.Of(call => DescribeForMetric(stores.In(call.Region), call.Input)),
        ["DescribeAlarmHistory"] = AwsOperations.Of(call => DescribeHistory(stores.In(call.Region), call.Input)),
    };

    private static JsonObject Describe(AlarmStore store, JsonObject input)
    {
        var (found, members) = input switch
        {
            _ when input.Text("ChildrenOfAlarmName") is { } parent => (Relatives(store, input, "ChildrenOfAlarmName", parent, store.ChildrenOf), OfChildren),
            _ when input.Text("ParentsOfAlarmName") is { } child => (Relatives(store, input, "ParentsOfAlarmName", child, store.ParentsOf), OfParents),
            _ => (Filtered(store, input), null),
        };
        var (page, next) = Paging.Page(found, input.Text("NextToken"), input.Integer("MaxRecords") ?? UsualRecords, InvalidToken);
        JsonArray Of(bool areComposite) => new([.. page.Where(alarm => alarm.Rule is not null == areComposite).Select(alarm => Described(alarm, members))]);
        return WithToken(new JsonObject { ["CompositeAlarms"] = Of(areComposite: true), ["MetricAlarms"] = Of(areComposite: false) }, next);
    }

    private static JsonObject Described(Alarm alarm, string[]? members) => members is null
        ? AlarmDocuments.Describe(alarm)
        : new JsonObject(AlarmDocuments.Describe(alarm).Where(member => members.Contains(member.Key))
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static Alarm[] Relatives(AlarmStore store, JsonObject input, string member, string name, Func<Alarm, IEnumerable<Alarm>> find)
    {
        AlarmRequests.Require(
            input.All(given => given.Key == member || Pages.Contains(given.Key)), $"{member} can be specified with MaxRecords and NextToken only.");
        return store.Find(name) is { } alarm ? [.. find(alarm)] : throw AlarmRequests.Invalid($"The alarm {name} does not exist.");
    }

    private static Alarm[] Filtered(AlarmStore store, JsonObject input)
    {
        var (names, prefix, action) = (input.Texts("AlarmNames"), input.Text("AlarmNamePrefix"), input.Text("ActionPrefix"));
        AlarmRequests.Require(names.Count == 0 || prefix is null, "AlarmNamePrefix and AlarmNames are mutually exclusive.");
        var types = TypesOf(input);
        return
        [
            .. store.Alarms
                .Where(alarm => types.Contains(alarm.Type))
                .Where(alarm => names.Count == 0 || names.Contains(alarm.Name))
                .Where(alarm => prefix is null || alarm.Name.StartsWith(prefix, StringComparison.Ordinal))
                .Where(alarm => input.Text("StateValue") is not { } state || alarm.Status.State.ToString() == state)
                .Where(alarm => action is null || Enum.GetValues<AlarmState>().SelectMany(alarm.ActionsOf).Any(one => one.StartsWith(action, StringComparison.Ordinal))),
        ];
    }

    // Without AlarmTypes, composite alarms are left out.
    private static IReadOnlyList<string> TypesOf(JsonObject input) => input.Texts("AlarmTypes") is { Count: > 0 } types ? types : [MetricAlarm];

    private static JsonObject DescribeForMetric(AlarmStore store, JsonObject input)
    {
        var key = new MetricKey(input.RequiredText("Namespace"), input.RequiredText("MetricName"), MetricData.Dimensions(input)).Text;
        var statistic = input.Text("Statistic") ?? input.Text("ExtendedStatistic");
        return new JsonObject
        {
            ["MetricAlarms"] = new JsonArray([.. store.Alarms
                .Where(alarm => alarm.Metric is { } metric && metric.Key.Text == key)
                .Where(alarm => (statistic ?? alarm.Metric!.Statistic) == alarm.Metric!.Statistic)
                .Where(alarm => (input.Integer("Period") ?? alarm.Metric!.Period) == alarm.Metric!.Period)
                .Where(alarm => (input.Text("Unit") ?? alarm.Metric!.Unit) == alarm.Metric!.Unit)
                .Select(AlarmDocuments.Describe)]),
        };
    }

    private static JsonObject DescribeHistory(AlarmStore store, JsonObject input)
    {
        var (name, kind, types) = (input.Text("AlarmName"), input.Text("HistoryItemType"), TypesOf(input));
        var (from, until) = (input.Time("StartDate") ?? DateTimeOffset.MinValue, input.Time("EndDate") ?? DateTimeOffset.MaxValue);
        var items = store.History
            .Where(item => types.Contains(item.Type) && (name ?? item.Alarm) == item.Alarm && (kind ?? item.Kind) == item.Kind)
            .Where(item => item.Time >= from && item.Time <= until);
        AlarmEvent[] found = [.. input.Text("ScanBy") == "TimestampAscending" ? items : items.Reverse()];
        var (page, next) = Paging.Page(found, input.Text("NextToken"), input.Integer("MaxRecords") ?? MostRecords, InvalidToken);
        return WithToken(new JsonObject { ["AlarmHistoryItems"] = new JsonArray([.. page.Select(AlarmDocuments.Describe)]) }, next);
    }

    private static JsonObject WithToken(JsonObject answer, string? next)
    {
        if (next is not null)
        {
            answer["NextToken"] = next;
        }

        return answer;
    }

    private static AwsError InvalidToken() => new(400, "InvalidNextToken", "The NextToken is invalid: it comes from another request.");
}
