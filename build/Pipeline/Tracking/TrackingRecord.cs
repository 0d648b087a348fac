namespace BuildPipeline.Tracking;

/// <summary>How far a run was tracked when its result was recorded.</summary>
public sealed record TrackingRecord
{
    /// <summary>Its servers.</summary>
    public required IReadOnlyList<TrackedServer> Servers { get; init; }
}

/// <summary>One server.</summary>
/// <param name="Name">As messages name it.</param>
/// <param name="Complete">True if it had the whole run.</param>
/// <param name="Url">The run's page there; null if it has none, or is not known.</param>
/// <param name="Problem">What it lacked and why; null if it had everything.</param>
public sealed record TrackedServer(string Name, bool Complete, string? Url, string? Problem);
