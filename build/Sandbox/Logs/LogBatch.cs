using System.Text;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>The events of one PutLogEvents: those that are kept, and where the rejected ones are.</summary>
internal sealed class LogBatch
{
    private const int MostBytes = 1_048_576;

    private static readonly long Longest = Milliseconds(TimeSpan.FromHours(24));
    private static readonly long Ahead = Milliseconds(TimeSpan.FromHours(2));
    private static readonly long Behind = Milliseconds(TimeSpan.FromDays(14));

    /// <param name="events">In the order of the request.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <param name="oldestKept">What is older, the group's retention deletes; milliseconds since 1970.</param>
    /// <exception cref="AwsError">The batch as a whole is refused.</exception>
    public LogBatch(IReadOnlyList<LogEvent> events, long now, long oldestKept)
    {
        Require(events.Zip(events.Skip(1)).All(pair => pair.First.Timestamp <= pair.Second.Timestamp),
            "Log events in a single PutLogEvents request must be in chronological order.");
        var bytes = events.Sum(logEvent => (long)Encoding.UTF8.GetByteCount(logEvent.Message) + LogReader.EventOverhead);
        Require(bytes <= MostBytes, $"Upload too large: {bytes} bytes exceeds limit of {MostBytes}");

        // In order of time, so the rejected ones are the first and the last.
        var tooOld = events.Count(logEvent => logEvent.Timestamp < now - Behind);
        var expired = events.Count(logEvent => logEvent.Timestamp < oldestKept);
        var tooNew = events.Count(logEvent => logEvent.Timestamp <= now + Ahead);
        var first = Math.Max(tooOld, expired);
        Kept = [.. events.Skip(first).Take(tooNew - first)];
        Require(Kept.Count == 0 || Kept[^1].Timestamp - Kept[0].Timestamp <= Longest,
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
        Rejected = Describe(tooOld, expired, tooNew < events.Count ? tooNew : null);
    }

    public IReadOnlyList<LogEvent> Kept { get; }

    /// <summary>RejectedLogEventsInfo; null if all are kept.</summary>
    public JsonObject? Rejected { get; }

    private static JsonObject? Describe(int tooOld, int expired, int? tooNew)
    {
        var info = new JsonObject();
        foreach (var (name, index) in new (string, int?)[]
        {
            ("tooOldLogEventEndIndex", tooOld > 0 ? tooOld : null),
            ("expiredLogEventEndIndex", expired > 0 ? expired : null),
            ("tooNewLogEventStartIndex", tooNew),
        })
        {
            if (index is { } known)
            {
                info[name] = known;
            }
        }

        return info.Count == 0 ? null : info;
    }

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new AwsError(400, "InvalidParameterException", otherwise);
        }
    }
}
