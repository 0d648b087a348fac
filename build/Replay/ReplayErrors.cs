namespace BuildPipeline.Replay;

/// <summary>Errors of the files of a replay.</summary>
public static class ReplayErrors
{
    public static readonly ErrorCode MissingOption = new(
        "BP2001", ExitCode.BadConfiguration, "Replay lacks an option.",
        "Give the options that the message shows.");

    public static readonly ErrorCode InvalidJobs = new(
        "BP2002", ExitCode.BadConfiguration, "The jobs file is missing, empty or not valid JSON.",
        "Correct the file, or name another with `--jobs`.");

    public static readonly ErrorCode InvalidJob = new(
        "BP2003", ExitCode.BadConfiguration, "A job of the jobs file has a missing or invalid field, or too little time.",
        "Correct the field that the message names.");

    public static readonly ErrorCode OutsideTrace = new(
        "BP2004", ExitCode.BadConfiguration, "A trace is too short for a job or a plot.",
        "Start the job earlier, or use a longer trace.");

    public static readonly ErrorCode NoSuchTrace = new(
        "BP2005", ExitCode.BadConfiguration, "A job names no trace, or several.",
        "Give the path of the trace in its folder.");

    public static readonly ErrorCode NotWritten = new(
        "BP2006", ExitCode.BadConfiguration, "A result file cannot be written.",
        "Name another file.");

    public static readonly ErrorCode NoTraces = new(
        "BP2007", ExitCode.BadConfiguration, "The traces folder is missing, empty or not readable.",
        "Name another with `--traces`.");

    public static readonly ErrorCode InvalidTrace = new(
        "BP2008", ExitCode.BadConfiguration, "A trace is not valid.",
        "Correct what the message names.");
}
