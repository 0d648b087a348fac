using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>CloudWatch Logs, AWS JSON 1.1.</summary>
internal sealed class LogsService : IAwsApi
{
    private const int DefaultDescribed = 50;

    private static readonly int[] RetentionDays =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    private readonly PerRegion<LogStore> _stores;
    private readonly SandboxSettings _settings;
    private readonly TimeProvider _time;
    private readonly AwsOperations _operations;

    public LogsService(PerRegion<LogStore> stores, SandboxSettings settings, TimeProvider time)
    {
        (_stores, _settings, _time) = (stores, settings, time);
        _operations = new(new RequestGuard("logs", "InvalidParameterException"), new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
        {
            ["CreateLogGroup"] = Effect((store, input) => store.CreateGroup(GroupName(input))),
            ["DeleteLogGroup"] = Effect((store, input) => store.DeleteGroup(GroupName(input))),
            ["PutRetentionPolicy"] = Effect((store, input) => store.SetRetention(GroupName(input), Retention(input))),
            ["DeleteRetentionPolicy"] = Effect((store, input) => store.SetRetention(GroupName(input), null)),
            ["CreateLogStream"] = Effect((store, input) => store.CreateStream(GroupName(input), input.RequiredText("logStreamName"))),
            ["PutLogEvents"] = call => Answer(PutLogEvents(_stores.In(call.Region), call.Input)),
            ["DescribeLogGroups"] = call => Answer(DescribeLogGroups(call)),
            ["DescribeLogStreams"] = call => Answer(DescribeLogStreams(call)),
            ["GetLogEvents"] = call => Answer(GetLogEvents(_stores.In(call.Region), call.Input)),
            ["FilterLogEvents"] = call => Answer(FilterLogEvents(_stores.In(call.Region), call.Input)),
        });
    }

    public string SigningName => "logs";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    public Task<JsonObject?> CallAsync(string operation, AwsCall call) => _operations.CallAsync(operation, call);

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static Task<JsonObject?> Answer(JsonObject document) => Task.FromResult<JsonObject?>(document);

    private AwsOperation Effect(Action<LogStore, JsonObject> effect) => call =>
    {
        effect(_stores.In(call.Region), call.Input);
        return Task.FromResult<JsonObject?>(null);
    };

    private JsonObject PutLogEvents(LogStore store, JsonObject input)
    {
        var (group, now) = (store.Group(GroupName(input)), Now);
        var stream = store.Stream(group.Info.Name, input.RequiredText("logStreamName"));
        var events = input.Objects("logEvents").Select(entry => new LogEvent((long)entry.Number("timestamp")!, now, entry.RequiredText("message")));
        var batch = new LogBatch([.. events], now, group.OldestKept(now));
        stream.Append(batch.Kept);
        var answer = new JsonObject { ["nextSequenceToken"] = stream.Tail.ToString("D56", CultureInfo.InvariantCulture) };
        if (batch.Rejected is { } rejected)
        {
            answer["rejectedLogEventsInfo"] = rejected;
        }

        return answer;
    }

    private JsonObject DescribeLogGroups(AwsCall call)
    {
        RequireOne(call.Input, "logGroupNamePrefix", "logGroupNamePattern");
        var prefix = call.Input.Text("logGroupNamePrefix") ?? "";
        var pattern = call.Input.Text("logGroupNamePattern") ?? "";
        var groups = _stores.In(call.Region).Groups
            .Where(_ => (call.Input.Text("logGroupClass") ?? LogDocuments.Class) == LogDocuments.Class)
            .Where(group => group.Info.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Where(group => group.Info.Name.Contains(pattern, StringComparison.OrdinalIgnoreCase));
        return Paged("logGroups", [.. groups.Select(group => LogDocuments.Describe(group, ArnOf(group.Info.Name, call.Region)))], call.Input, DefaultDescribed);
    }

    private JsonObject DescribeLogStreams(AwsCall call)
    {
        var name = GroupName(call.Input);
        var prefix = call.Input.Text("logStreamNamePrefix") ?? "";
        var byTime = call.Input.Text("orderBy") == "LastEventTime";
        if (byTime && prefix.Length > 0)
        {
            throw Invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
        }

        var streams = _stores.In(call.Region).Group(name).Streams.Where(stream => stream.Name.StartsWith(prefix, StringComparison.Ordinal));
        streams = byTime ? streams.OrderBy(stream => stream.LastEvent ?? stream.Created) : streams;
        streams = call.Input.Flag("descending") ? streams.Reverse() : streams;
        var arn = ArnOf(name, call.Region);
        return Paged("logStreams", [.. streams.Select(stream => LogDocuments.Describe(stream, arn))], call.Input, DefaultDescribed);
    }

    private JsonObject GetLogEvents(LogStore store, JsonObject input)
    {
        var group = store.Group(GroupName(input));
        var stream = store.Stream(group.Info.Name, input.RequiredText("logStreamName"));
        var (start, end) = Span(input, group);
        var limit = input.Integer("limit") ?? LogReader.MaxEvents;
        var page = LogReader.Page(stream, input.Text("nextToken"), input.Flag("startFromHead"), start, end, limit);
        return new JsonObject
        {
            ["events"] = new JsonArray([.. page.Events.Select(LogDocuments.Describe)]),
            ["nextForwardToken"] = page.Forward,
            ["nextBackwardToken"] = page.Backward,
        };
    }

    private JsonObject FilterLogEvents(LogStore store, JsonObject input)
    {
        RequireOne(input, "logStreamNames", "logStreamNamePrefix");
        var group = store.Group(GroupName(input));
        var (prefix, named) = (input.Text("logStreamNamePrefix") ?? "", input.Texts("logStreamNames"));
        var (start, end) = Span(input, group);
        var filter = LogFilter.Parse(input.Text("filterPattern"));
        var streams = group.Streams;
        var found =
            from stream in streams
            where stream.Name.StartsWith(prefix, StringComparison.Ordinal) && (named.Count == 0 || named.Contains(stream.Name))
            from placed in stream.Read(0)
            where LogReader.IsWithin(placed.Event, start, end) && filter.Matches(placed.Event.Message)
            orderby placed.Event.Timestamp
            select LogDocuments.Describe(stream.Name, placed);
        var answer = Paged("events", [.. found], input, LogReader.MaxEvents);
        answer["searchedLogStreams"] = new JsonArray();
        return answer;
    }

    /// <summary>From when to when events are asked for; what the group's retention deletes is in no span.</summary>
    private (long Start, long? End) Span(JsonObject input, LogGroup group) =>
        (Math.Max((long?)input.Number("startTime") ?? 0, group.OldestKept(Now)), (long?)input.Number("endTime"));

    private static JsonObject Paged(string member, IReadOnlyList<JsonObject> all, JsonObject input, int most)
    {
        var (page, next) = Paging.Page(all, input.Text("nextToken"), input.Integer("limit") ?? most, () => Invalid("The specified nextToken is invalid."));
        var answer = new JsonObject { [member] = new JsonArray([.. page]) };
        if (next is not null)
        {
            answer["nextToken"] = next;
        }

        return answer;
    }

    private static int Retention(JsonObject input) => input.Integer("retentionInDays")!.Value is var days && RetentionDays.Contains(days)
        ? days
        : throw Invalid(
            $"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [{string.Join(", ", RetentionDays)}]");

    private string ArnOf(string group, string region) => $"arn:aws:logs:{region}:{_settings.AccountId}:log-group:{group}";

    private static string GroupName(JsonObject input)
    {
        RequireOne(input, "logGroupName", "logGroupIdentifier");
        var name = input.Text("logGroupName") ?? input.RequiredText("logGroupIdentifier");
        return name.StartsWith("arn:", StringComparison.Ordinal) ? name.Split(":log-group:")[^1].Split(':')[0] : name;
    }

    private static void RequireOne(JsonObject input, string one, string other)
    {
        if (input[one] is not null && input[other] is not null)
        {
            throw Invalid($"{one} and {other} are mutually exclusive parameters.");
        }
    }

    private static AwsError Invalid(string message) => new(400, "InvalidParameterException", message);
}
