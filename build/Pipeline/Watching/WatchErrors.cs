namespace BuildPipeline.Watching;

/// <summary>Errors of a watch.</summary>
public static class WatchErrors
{
    public static readonly ErrorCode StillOpen = new(
        "BP2501", ExitCode.StillRunning, "Runs of the environment are still open, or may be.",
        "Watch them again, or let a schedule do it: [the keeper](../how-to/detach-and-resume.md).");
}
