using System.Text.Json.Nodes;

namespace BuildPipeline.Journal;

/// <summary>One event of a run. It never changes once it is written.</summary>
public sealed record RunEvent
{
    /// <summary>Version of the schema of this event and of the record that it changes.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>Place in the log, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Random ID, by which a driver knows its own event where the answer to its write was lost.</summary>
    public required string Id { get; init; }

    /// <summary>When it happened, by the clock of the service that stores it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened, for example <c>launch.intent</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What to know of it, for people.</summary>
    public JsonNode? Detail { get; init; }

    /// <summary>Who wrote it.</summary>
    public required Driver Driver { get; init; }

    /// <summary>Fencing number of the lease that the driver held; null if its target needs none.</summary>
    public long? Fence { get; init; }

    /// <summary>What it changes in the record of the run, as a JSON merge patch (RFC 7386); null is nothing.</summary>
    public JsonObject? Changes { get; init; }

    /// <summary>True for a remark of a process that drives nothing, such as a request to stop the job.</summary>
    public bool IsNote() => Changes is null && Fence is null;
}

/// <summary>A process that writes events.</summary>
/// <param name="Id">Random ID of this call.</param>
/// <param name="Machine">The machine's name.</param>
/// <param name="Process">The process.</param>
/// <param name="Target">The target that it runs.</param>
public sealed record Driver(string Id, string Machine, ProcessIdentity Process, string Target);
