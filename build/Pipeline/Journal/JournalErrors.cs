namespace BuildPipeline.Journal;

/// <summary>Errors of the leases of runs and environments, and of the logs of runs.</summary>
public static class JournalErrors
{
    public static readonly ErrorCode LeaseBusy = new(
        "BP1701", ExitCode.StillRunning, "Other processes kept changing the lease.",
        "Run it again.");

    public static readonly ErrorCode LeaseLost = new(
        "BP1702", ExitCode.StillRunning, "Another process has taken over the run or the environment.",
        "Continue there, or wait until it has ended.");

    public static readonly ErrorCode InUse = new(
        "BP1703", ExitCode.StillRunning, "Another process drives the run, or changed the environment for longer than this one waits.",
        "Wait until it has ended, or stop its job.");

    public static readonly ErrorCode RunContinuedElsewhere = new(
        "BP1704", ExitCode.StillRunning, "Another process has continued the run.",
        "Follow the run there, or wait until that process has ended and run it again.");

    public static readonly ErrorCode LogBusy = new(
        "BP1705", ExitCode.StillRunning, "Other processes kept writing to the log of the run.",
        "Run it again.");

    public static readonly ErrorCode NewerRun = new(
        "BP1706", ExitCode.BadConfiguration, "A newer version of this program has written the run. This version can show and stop it, but not continue it.",
        "Update the checkout.");

    public static readonly ErrorCode BrokenLog = new(
        "BP1707", ExitCode.BadConfiguration, "An event of a run is missing, or the events are not those of a run.",
        "Restore the object that the message names from an earlier version.");
}
