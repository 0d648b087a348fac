namespace BuildPipeline.Hosting;

/// <summary>Errors of this machine.</summary>
public static class HostingErrors
{
    public static readonly ErrorCode FileMissing = new(
        "BP1901", ExitCode.BadConfiguration, "A file is missing.",
        "Restore it, or start a new run.");

    public static readonly ErrorCode FolderMissing = new(
        "BP1902", ExitCode.BadConfiguration, "A folder is missing.",
        "Create it, or choose another.");

    public static readonly ErrorCode AccessDenied = new(
        "BP1903", ExitCode.BadConfiguration, "Access to a file was denied.",
        "Grant access, or choose another folder (`--artifacts`, `--sandbox-state`).");

    public static readonly ErrorCode DiskFull = new(
        "BP1904", ExitCode.Failed, "The disk is full.",
        "Free some space, and run it again.");

    public static readonly ErrorCode FileError = new(
        "BP1905", ExitCode.Failed, "A file cannot be read or written.",
        "Read the reason, and run it again.");

    public static readonly ErrorCode InvalidJson = new(
        "BP1906", ExitCode.Failed, "A file or an answer is not valid JSON.",
        "Restore the file, or run it again.");

    public static readonly ErrorCode ProgramMissing = new(
        "BP1907", ExitCode.Failed, "A program cannot be started.",
        "Install it, or put it on the PATH.");

    public static readonly ErrorCode Unexpected = new(
        "BP1908", ExitCode.Failed, "A bug of the pipeline.",
        "[Report it](../how-to/troubleshoot.md#report-a-bug) with the file that the message names.");

    public static readonly ErrorCode NoCheckout = new(
        "BP1909", ExitCode.BadConfiguration, "The pipeline was not started from a checkout of this project.",
        "Run `./build.sh` from a checkout.");

    public static readonly ErrorCode Interrupted = new(
        "BP1910", ExitCode.Failed, "A signal interrupted the pipeline. No training job of the run is running.",
        "Continue with the command that the message shows.");

    public static readonly ErrorCode InterruptedWatch = new(
        "BP1911", ExitCode.StillRunning, "A signal interrupted the pipeline. The training job may be running and is billed while it runs.",
        "Continue with the command that the message shows.");
}
