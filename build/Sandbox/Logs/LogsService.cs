using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>CloudWatch Logs, AWS JSON 1.1.</summary>
internal sealed class LogsService : IAwsService
{
    private const int DefaultDescribed = 50;

    private readonly LogStore _store;
    private readonly SandboxSettings _settings;
    private readonly TimeProvider _time;
    private readonly AwsOperations _operations;

    public LogsService(LogStore store, SandboxSettings settings, TimeProvider time)
    {
        (_store, _settings, _time) = (store, settings, time);
        _operations = new(new RequestGuard("logs", "InvalidParameterException"), new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
        {
            ["CreateLogGroup"] = Effect(input => _store.CreateGroup(GroupName(input), kmsKeyId: input.Text("kmsKeyId"))),
            ["DeleteLogGroup"] = Effect(input => _store.DeleteGroup(GroupName(input))),
            ["PutRetentionPolicy"] = Effect(input => _store.SetRetention(GroupName(input), input.Integer("retentionInDays"))),
            ["DeleteRetentionPolicy"] = Effect(input => _store.SetRetention(GroupName(input), null)),
            ["CreateLogStream"] = Effect(input => _store.CreateStream(GroupName(input), input.RequiredText("logStreamName"))),
            ["PutLogEvents"] = call => Task.FromResult<JsonObject?>(PutLogEvents(call.Input)),
            ["DescribeLogGroups"] = call => Task.FromResult<JsonObject?>(DescribeLogGroups(call)),
            ["DescribeLogStreams"] = call => Task.FromResult<JsonObject?>(DescribeLogStreams(call)),
            ["GetLogEvents"] = call => Task.FromResult<JsonObject?>(GetLogEvents(call.Input)),
            ["FilterLogEvents"] = call => Task.FromResult<JsonObject?>(FilterLogEvents(call.Input)),
        });
    }

    public string SigningName => "logs";

    public Task HandleAsync(HttpContext context) => AwsJsonProtocol.AnswerAsync(context, "1.1", _operations);

    private static AwsOperation Effect(Action<JsonObject> effect) => call =>
    {
        effect(call.Input);
        return Task.FromResult<JsonObject?>(null);
    };

    private JsonObject PutLogEvents(JsonObject input)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var stream = _store.Stream(GroupName(input), input.RequiredText("logStreamName"));
        var events = input.Objects("logEvents")
            .Select(entry => new LogEvent((long)(entry.Number("timestamp") ?? now), now, entry.RequiredText("message")));
        stream.Append([.. events]);
        return new JsonObject { ["nextSequenceToken"] = stream.Tail.ToString("D56", CultureInfo.InvariantCulture) };
    }

    private JsonObject DescribeLogGroups(AwsCall call)
    {
        var prefix = call.Input.Text("logGroupNamePrefix") ?? "";
        var pattern = call.Input.Text("logGroupNamePattern") ?? "";
        var groups = _store.Groups
            .Where(group => group.Info.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Where(group => group.Info.Name.Contains(pattern, StringComparison.OrdinalIgnoreCase));
        return Paged("logGroups", [.. groups.Select(group => DescribeGroup(group, call.Region))], call.Input, DefaultDescribed);
    }

    private JsonObject DescribeGroup(LogGroup group, string region)
    {
        var arn = ArnOf(group.Info.Name, region);
        var described = new JsonObject
        {
            ["logGroupName"] = group.Info.Name,
            ["creationTime"] = group.Info.Created,
            ["metricFilterCount"] = 0,
            ["arn"] = arn + ":*",
            ["logGroupArn"] = arn,
            ["logGroupClass"] = "STANDARD",
            ["storedBytes"] = group.Streams.Sum(stream => stream.Tail - stream.Head),
        };
        if (group.Info.RetentionInDays is { } days)
        {
            described["retentionInDays"] = days;
        }

        if (group.Info.KmsKeyId is { } key)
        {
            described["kmsKeyId"] = key;
        }

        return described;
    }

    private JsonObject DescribeLogStreams(AwsCall call)
    {
        var name = GroupName(call.Input);
        var prefix = call.Input.Text("logStreamNamePrefix") ?? "";
        var byTime = call.Input.Text("orderBy") == "LastEventTime";
        if (byTime && prefix.Length > 0)
        {
            throw new AwsError(400, "InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.");
        }

        var streams = _store.Group(name).Streams.Where(stream => stream.Name.StartsWith(prefix, StringComparison.Ordinal));
        streams = byTime ? streams.OrderBy(stream => stream.LastEvent ?? stream.Created) : streams;
        streams = call.Input.Flag("descending") ? streams.Reverse() : streams;
        var arn = ArnOf(name, call.Region);
        return Paged("logStreams", [.. streams.Select(stream => DescribeStream(stream, arn))], call.Input, DefaultDescribed);
    }

    private static JsonObject DescribeStream(LogStream stream, string groupArn)
    {
        var described = new JsonObject
        {
            ["logStreamName"] = stream.Name,
            ["creationTime"] = stream.Created,
            ["arn"] = $"{groupArn}:log-stream:{stream.Name}",
            ["storedBytes"] = 0,
        };
        if (stream.FirstEvent is not null)
        {
            described["firstEventTimestamp"] = stream.FirstEvent;
            described["lastEventTimestamp"] = stream.LastEvent;
            described["lastIngestionTime"] = stream.LastIngested;
        }

        return described;
    }

    private JsonObject GetLogEvents(JsonObject input)
    {
        var stream = _store.Stream(GroupName(input), input.RequiredText("logStreamName"));
        var limit = Math.Clamp(input.Integer("limit") ?? LogReader.MaxEvents, 1, LogReader.MaxEvents);
        var (start, end) = ((long?)input.Number("startTime"), (long?)input.Number("endTime"));
        var page = LogReader.Page(stream, input.Text("nextToken"), input.Flag("startFromHead"), start, end, limit);
        return new JsonObject
        {
            ["events"] = new JsonArray([.. page.Events.Select(Describe)]),
            ["nextForwardToken"] = page.Forward,
            ["nextBackwardToken"] = page.Backward,
        };
    }

    private JsonObject FilterLogEvents(JsonObject input)
    {
        var prefix = input.Text("logStreamNamePrefix") ?? "";
        var named = (input["logStreamNames"] as JsonArray)?.Select(node => node!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        var (start, end) = ((long?)input.Number("startTime"), (long?)input.Number("endTime"));
        var filter = new LogFilter(input.Text("filterPattern"));
        var found =
            from stream in _store.Group(GroupName(input)).Streams
            where stream.Name.StartsWith(prefix, StringComparison.Ordinal) && (named?.Contains(stream.Name) ?? true)
            from placed in stream.Read(0)
            where LogReader.IsWithin(placed.Event, start, end) && filter.Matches(placed.Event.Message)
            orderby placed.Event.Timestamp
            select DescribeFound(stream.Name, placed);
        var answer = Paged("events", [.. found], input, LogReader.MaxEvents);
        answer["searchedLogStreams"] = new JsonArray();
        return answer;
    }

    private static JsonObject DescribeFound(string stream, PlacedEvent placed)
    {
        var described = Describe(placed.Event);
        described["logStreamName"] = stream;
        described["eventId"] = $"{placed.Event.Timestamp:D20}{placed.Start:D36}";
        return described;
    }

    private static JsonObject Describe(LogEvent logEvent) => new()
    {
        ["timestamp"] = logEvent.Timestamp,
        ["message"] = logEvent.Message,
        ["ingestionTime"] = logEvent.Ingested,
    };

    private static JsonObject Paged(string member, IReadOnlyList<JsonObject> all, JsonObject input, int most)
    {
        var start = 0;
        if (input.Text("nextToken") is { } token && !int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out start))
        {
            throw new AwsError(400, "InvalidParameterException", "The specified nextToken is invalid.");
        }

        var page = all.Skip(start).Take(Math.Clamp(input.Integer("limit") ?? most, 1, most)).ToArray();
        var answer = new JsonObject { [member] = new JsonArray([.. page]) };
        if (start + page.Length < all.Count)
        {
            answer["nextToken"] = (start + page.Length).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }

    private string ArnOf(string group, string region) => $"arn:aws:logs:{region}:{_settings.AccountId}:log-group:{group}";

    private static string GroupName(JsonObject input)
    {
        var name = input.Text("logGroupName") ?? input.RequiredText("logGroupIdentifier");
        return name.StartsWith("arn:", StringComparison.Ordinal) ? name.Split(":log-group:")[^1].Split(':')[0] : name;
    }
}
