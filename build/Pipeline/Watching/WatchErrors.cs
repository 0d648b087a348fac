namespace BuildPipeline.Watching;

/// <summary>Errors of a watch.</summary>
public static class WatchErrors
{
    public static readonly ErrorCode StillOpen = new(
        "BP2501", ExitCode.StillRunning, "Runs of the environment are still open.",
        "Watch them again, or let a schedule do it: [the keeper](../how-to/detach-and-resume.md).");

    public static readonly ErrorCode NotKnown = new(
        "BP2502", ExitCode.StillRunning, "Whether runs of the environment are open is not known.",
        "Watch them again. If the log of a run cannot be read, the message names it.");
}
