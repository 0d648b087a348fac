namespace BuildPipeline.Journal;

/// <summary>Errors of the lease of an environment.</summary>
public static class JournalErrors
{
    public static readonly ErrorCode LeaseBusy = new(
        "BP1701", ExitCode.StillRunning, "Other processes kept changing the lease.",
        "Run it again.");

    public static readonly ErrorCode LeaseLost = new(
        "BP1702", ExitCode.StillRunning, "Another process has taken over the environment.",
        "Continue there, or wait until it has ended.");

    public static readonly ErrorCode InUse = new(
        "BP1703", ExitCode.StillRunning, "Another process works on the environment.",
        "Wait until it has ended, or stop its job.");
}
