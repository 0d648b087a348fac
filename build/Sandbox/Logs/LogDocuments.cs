using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>Groups, streams and events as CloudWatch Logs writes them.</summary>
internal static class LogDocuments
{
    /// <summary>The class of every log group of the sandbox.</summary>
    public const string Class = "STANDARD";

    public static JsonObject Describe(LogGroup group, string arn)
    {
        var described = new JsonObject
        {
            ["logGroupName"] = group.Info.Name,
            ["creationTime"] = group.Info.Created,
            ["metricFilterCount"] = 0,
            ["arn"] = arn + ":*",
            ["logGroupArn"] = arn,
            ["logGroupClass"] = Class,
            ["storedBytes"] = group.Streams.Sum(stream => stream.Tail - stream.Head),
        };
        if (group.Info.RetentionInDays is { } days)
        {
            described["retentionInDays"] = days;
        }

        return described;
    }

    public static JsonObject Describe(LogStream stream, string groupArn)
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

    public static JsonObject Describe(LogEvent logEvent) => new()
    {
        ["timestamp"] = logEvent.Timestamp,
        ["message"] = logEvent.Message,
        ["ingestionTime"] = logEvent.Ingested,
    };

    /// <summary>An event that was found in a group, with its stream.</summary>
    public static JsonObject Describe(string stream, PlacedEvent placed)
    {
        var described = Describe(placed.Event);
        described["logStreamName"] = stream;
        described["eventId"] = $"{placed.Event.Timestamp:D20}{placed.Start:D36}";
        return described;
    }
}
