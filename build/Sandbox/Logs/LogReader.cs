using System.Globalization;
using System.Text;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>One page of a stream's events with the tokens for the pages before and after it.</summary>
internal sealed record LogPage(IReadOnlyList<LogEvent> Events, string Forward, string Backward);

/// <summary>Pages through one stream as GetLogEvents does.</summary>
/// <remarks>A token is a byte offset: at the end of a stream the forward token stays the same until events arrive.</remarks>
internal static class LogReader
{
    /// <summary>Most events in an answer.</summary>
    public const int MaxEvents = 10_000;

    /// <summary>Bytes that an event counts for beside its message.</summary>
    public const int EventOverhead = 26;

    private const int MaxBytes = 1024 * 1024;

    public static LogPage Page(LogStream stream, string? token, bool fromHead, long? startTime, long? endTime, int limit)
    {
        var matching = (long from) => stream.Read(from).Where(placed => IsWithin(placed.Event, startTime, endTime));
        var (forward, offset) = Parse(token) ?? (fromHead, fromHead ? stream.Head : stream.Tail);
        return forward
            ? PageFrom(Fitting(matching(offset), limit), Math.Max(offset, stream.Head))
            : PageBefore(matching(stream.Head).TakeWhile(placed => placed.End <= offset), offset, limit);
    }

    public static bool IsWithin(LogEvent logEvent, long? startTime, long? endTime) =>
        logEvent.Timestamp >= (startTime ?? long.MinValue) && logEvent.Timestamp < (endTime ?? long.MaxValue);

    private static LogPage PageFrom(List<PlacedEvent> page, long offset) =>
        Page(page, page.Count == 0 ? offset : page[^1].End, page.Count == 0 ? offset : page[0].Start);

    private static LogPage PageBefore(IEnumerable<PlacedEvent> before, long offset, int limit)
    {
        var newest = new Queue<PlacedEvent>();
        foreach (var placed in before)
        {
            newest.Enqueue(placed);
            if (newest.Count > limit)
            {
                newest.Dequeue();
            }
        }

        return PageFrom([.. Enumerable.Reverse(Fitting(newest.Reverse(), limit))], offset);
    }

    private static LogPage Page(List<PlacedEvent> page, long forward, long backward) =>
        new([.. page.Select(placed => placed.Event)], $"f/{forward:D56}/s", $"b/{backward:D56}/s");

    private static List<PlacedEvent> Fitting(IEnumerable<PlacedEvent> events, int limit)
    {
        var page = new List<PlacedEvent>();
        var bytes = 0;
        foreach (var placed in events)
        {
            bytes += Encoding.UTF8.GetByteCount(placed.Event.Message) + EventOverhead;
            if (page.Count == limit || (page.Count > 0 && bytes > MaxBytes))
            {
                break;
            }

            page.Add(placed);
        }

        return page;
    }

    private static (bool Forward, long Offset)? Parse(string? token)
    {
        if (token is null)
        {
            return null;
        }

        return token.Split('/') is [("f" or "b") and var direction, var digits, _]
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? (direction == "f", offset)
            : throw new AwsError(400, "InvalidParameterException", "The specified nextToken is invalid.");
    }
}
