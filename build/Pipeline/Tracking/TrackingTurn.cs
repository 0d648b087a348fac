namespace BuildPipeline.Tracking;

/// <summary>When a tracker is sent the run again: at an interval, and after failures at ever longer ones.</summary>
/// <param name="tracker">The tracker.</param>
/// <param name="interval">The shortest time between two turns.</param>
public sealed class TrackingTurn(ITracker tracker, TimeSpan interval)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    private readonly HashSet<string> _told = [];
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private int _failures;
    private string? _problem;
    private TrackerReport? _report;

    /// <summary>The tracker.</summary>
    public ITracker Tracker => tracker;

    /// <summary>True if its turn has come.</summary>
    public bool IsDue(DateTimeOffset now) => now >= _next;

    /// <summary>It is up to date.</summary>
    public void Succeeded(DateTimeOffset now, TrackerReport report)
    {
        (_report, _problem, _failures) = (report, null, 0);
        _next = now + interval;
    }

    /// <summary>It is not.</summary>
    /// <returns>True for a problem that was not told before.</returns>
    public bool Failed(DateTimeOffset now, string problem)
    {
        var pause = interval * Math.Pow(2, _failures++);
        (_problem, _next) = (problem, now + (pause < LongestPause ? pause : LongestPause));
        return _told.Add(problem);
    }

    /// <summary>Its notes that were not told before.</summary>
    public IReadOnlyList<string> NewNotes() => [.. (_report?.Notes ?? []).Where(_told.Add)];

    /// <summary>How far the run is tracked.</summary>
    /// <param name="unread">What of the logs could not be read, so no tracker has it; null if all was.</param>
    public TrackedServer Describe(string? unread) => new(tracker.Name, (_problem ?? unread) is null, _report?.Url, _problem ?? unread);
}
