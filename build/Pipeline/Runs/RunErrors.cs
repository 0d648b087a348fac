namespace BuildPipeline.Runs;

/// <summary>Errors of runs and their records.</summary>
public static class RunErrors
{
    public static readonly ErrorCode NoSuchRun = new(
        "BP1721", ExitCode.BadConfiguration, "There is no run of this ID.",
        "Correct `--run`, or omit it.");

    public static readonly ErrorCode InvalidRunId = new(
        "BP1722", ExitCode.BadConfiguration, "This is not a run ID.",
        "Give an ID such as the one in the message, or `latest`.");

    public static readonly ErrorCode UnreadableRun = new(
        "BP1723", ExitCode.BadConfiguration, "The record of a run cannot be read.",
        "Restore the file. Delete its folder only if no job of the run is running.");

    public static readonly ErrorCode SeveralOpen = new(
        "BP1724", ExitCode.BadConfiguration, "Several runs of the environment are open.",
        "Choose one with a command that the message shows.");

    public static readonly ErrorCode OtherEnvironment = new(
        "BP1725", ExitCode.BadConfiguration, "The run belongs to another environment.",
        "Use the command that the message shows.");

    public static readonly ErrorCode NoRecord = new(
        "BP1726", ExitCode.BadConfiguration, "A job is running, but its run has no record.",
        "Stop the job with the command that the message shows.");

    public static readonly ErrorCode NoRun = new(
        "BP1728", ExitCode.BadConfiguration, "The environment has no run for this target.",
        "Start one.");

    public static readonly ErrorCode StepMissing = new(
        "BP1729", ExitCode.BadConfiguration, "The run lacks the steps before this target.",
        "Omit `--exclusive`.");

    public static readonly ErrorCode Finished = new(
        "BP1730", ExitCode.Failed, "The run is finished and did not succeed. The exit code is that of the run.",
        "Read the receipt. Start a new run.");

    public static readonly ErrorCode NothingOpen = new(
        "BP1731", ExitCode.BadConfiguration, "No run of the environment is open, so there is nothing to stop.",
        "Use a command that the message shows, if any.");

    public static readonly ErrorCode FixedOption = new(
        "BP1732", ExitCode.BadConfiguration, "The run was planned and priced with other values.",
        "Use the commands that the message shows: to continue the run, or to finish it and start a new one.");

    public static readonly ErrorCode OtherJob = new(
        "BP1733", ExitCode.BadConfiguration, "The run is one of another job than `--job` names.",
        "Use the command that the message shows.");
}
