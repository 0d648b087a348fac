using System.Text.Json.Serialization;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>One event of a log stream.</summary>
/// <param name="Timestamp">When it happened, milliseconds since 1970.</param>
/// <param name="Ingested">When it arrived, milliseconds since 1970.</param>
internal sealed record LogEvent(
    [property: JsonPropertyName("t")] long Timestamp,
    [property: JsonPropertyName("i")] long Ingested,
    [property: JsonPropertyName("m")] string Message);

/// <summary>An event with its place in the stream's file.</summary>
/// <param name="Start">Offset of the event, bytes.</param>
/// <param name="End">Offset of what follows it, bytes.</param>
internal sealed record PlacedEvent(long Start, long End, LogEvent Event);
