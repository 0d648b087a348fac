namespace BuildPipeline.Watching;

/// <summary>What a watch tells.</summary>
public enum WatchEvent
{
    /// <summary>An open run was found.</summary>
    Found,

    /// <summary>The secondary status of its job changed.</summary>
    Changed,

    /// <summary>A driver was started.</summary>
    Driven,

    /// <summary>The driver ended, and the run is closed.</summary>
    Closed,

    /// <summary>The driver ended with a failure, and the run is still open.</summary>
    Failed,

    /// <summary>The run may be open, but cannot be read; it is not watched.</summary>
    Unreadable,

    /// <summary>The account did not answer.</summary>
    NotReached,
}

/// <summary>Something that a watch tells.</summary>
/// <param name="Event">What happened.</param>
/// <param name="RunId">The run; null if it concerns none alone.</param>
/// <param name="Detail">What to know of it; null is nothing.</param>
public sealed record WatchNews(WatchEvent Event, string? RunId, string? Detail);
