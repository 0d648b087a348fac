using BuildPipeline.Runs;

namespace BuildPipeline.Watching;

/// <summary>Decides when a watched run needs a driver.</summary>
public static class WatchDecision
{
    /// <summary>True if somebody has to continue the run now.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isInProgress">True if its job runs and was not asked to stop.</param>
    /// <param name="isMoveDue">True if its deadline asks for the other market; then no pause is kept.</param>
    /// <param name="isStalled">True if its job has stalled, and somebody has to look at that.</param>
    /// <param name="now">The time.</param>
    public static bool NeedsDriver(WatchedRun run, bool isInProgress, bool isMoveDue, bool isStalled, DateTimeOffset now) =>
        isMoveDue || (now >= run.DriveFrom && (run.State != RunState.Launched || !isInProgress || isStalled));

    /// <summary>How long a run is left alone after it was driven: four polls, doubled with each failure.</summary>
    /// <param name="failures">How often in a row that did not get it on; 0 after a success.</param>
    /// <param name="poll">Between two polls.</param>
    /// <param name="longest">The longest pause.</param>
    public static TimeSpan PauseAfter(int failures, TimeSpan poll, TimeSpan longest)
    {
        var pause = poll * 4 * Math.Pow(2, Math.Min(failures, 20));
        return pause < longest ? pause : longest;
    }
}
