namespace BuildPipeline.JobLogs;

/// <summary>Errors of a job's log and metrics.</summary>
public static class JobLogErrors
{
    public static readonly ErrorCode InvalidMetric = new(
        "BP1511", ExitCode.BadConfiguration, "The regular expression of a metric is not valid.",
        "Correct `metric_definitions`.");

    public static readonly ErrorCode NoSuchAttempt = new(
        "BP1512", ExitCode.BadConfiguration, "The run has no attempt of this number.",
        "Give one that the message lists.");

    public static readonly ErrorCode NoSuchNode = new(
        "BP1513", ExitCode.BadConfiguration, "The job has no node of this number.",
        "Give a number in the range of the message.");
}
