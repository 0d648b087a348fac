using System.Text.RegularExpressions;
using Amazon.SageMaker.Model;

namespace BuildPipeline.Training;

/// <summary>How a job ended.</summary>
/// <param name="Kind">The kind of end.</param>
/// <param name="Sentence">What happened and what to do.</param>
public sealed record Outcome(OutcomeKind Kind, string Sentence);

/// <summary>Judges the end of a job by its secondary status: the service calls a job whose time ran out just "Stopped".</summary>
public static partial class Outcomes
{
    /// <summary>The end of a job; null while it runs, also in a status that is not known here.</summary>
    public static Outcome? From(DescribeTrainingJobResponse job) => (job.TrainingJobStatus?.Value, job.SecondaryStatus?.Value) switch
    {
        (not ("Completed" or "Failed" or "Stopped"), _) => null,
        (_, "MaxRuntimeExceeded") => new(OutcomeKind.MaxRuntime,
            $"The job hit its maximum runtime of {Seconds(job.StoppingCondition?.MaxRuntimeInSeconds)} before training finished: "
            + "approve a higher ceiling with a longer max_runtime_seconds."),
        (_, "MaxWaitTimeExceeded") => MaxWait(job),
        ("Completed", _) => new(OutcomeKind.Completed, "Training finished."),
        ("Failed", _) => Failed(job),
        _ => new(OutcomeKind.Stopped, "The job was stopped before training finished. A new run starts from the beginning."),
    };

    /// <summary>The error of an end that is not the completed one.</summary>
    public static ErrorCode ErrorOf(AttemptRecord attempt) => attempt.Outcome switch
    {
        OutcomeKind.MaxWait when attempt.GotNoCapacity() => TrainingErrors.NeverStarted,
        OutcomeKind.NoCapacity => TrainingErrors.NoCapacity,
        OutcomeKind.Quota => TrainingErrors.OverQuota,
        OutcomeKind.MaxRuntime => TrainingErrors.OverRuntime,
        OutcomeKind.MaxWait => TrainingErrors.OverWait,
        OutcomeKind.Stopped => TrainingErrors.Stopped,
        OutcomeKind.Moved => TrainingErrors.Moved,
        OutcomeKind.SecretUnavailable => TrainingErrors.SecretUnavailable,
        _ => TrainingErrors.JobFailed,
    };

    private static Outcome MaxWait(DescribeTrainingJobResponse job)
    {
        var wait = Seconds(job.StoppingCondition?.MaxWaitTimeInSeconds);
        return new(OutcomeKind.MaxWait, job.TrainingStartTime is null
            ? $"No spot capacity became available within {wait}, and nothing ran: try another time, zone or instance type, or on-demand."
            : $"Waiting and running took {wait} before training finished: "
            + "raise max_wait_seconds, or use on-demand.");
    }

    private static Outcome Failed(DescribeTrainingJobResponse job)
    {
        var reason = string.IsNullOrWhiteSpace(job.FailureReason) ? "no reason given" : job.FailureReason.ReplaceLineEndings(" ").Trim().TrimEnd('.').Replace("., exit code:", ", exit code:", StringComparison.Ordinal);
        // What follows the code can be a program's own text.
        var code = reason.Split(':')[0];
        if (code is "CapacityError" or "InsufficientCapacityError")
        {
            return new(OutcomeKind.NoCapacity, $"AWS had no capacity: {reason}. Try another time, zone or instance type.");
        }

        if (SecretUnavailable().Match(reason) is { Success: true } secret)
        {
            return new(OutcomeKind.SecretUnavailable, $"A node could not read a secret ({secret.Groups[1].Value}). Create it under that name in the job's region, or correct secret_environment.");
        }

        // What AWS says of a program that left no text in /opt/ml/output/failure.
        if (WithoutText().Match(reason) is { Success: true } match)
        {
            return new(OutcomeKind.Failed, $"The training program exited with code {match.Groups[1].Value} and left no failure message. See the log of the nodes.");
        }

        return code == "ResourceLimitExceeded"
            ? new(OutcomeKind.Quota, $"Service quota exceeded: {reason}. Request an increase in Service Quotas.")
            : new(OutcomeKind.Failed, $"The job failed: {reason}.");
    }

    // The text of training/secret_environment.py: names, never a value, and nothing that reads like one. AWS adds the exit code.
    [GeneratedRegex(@"SecretUnavailable - (.+?)\.?(, exit code: -?\d+)?$")]
    private static partial Regex SecretUnavailable();

    private static string Seconds(int? seconds) => seconds is { } known ? $"{known} s" : "limit";

    [GeneratedRegex(@"^AlgorithmError: ?,? ?exit code: (-?\d+)$", RegexOptions.IgnoreCase)]
    private static partial Regex WithoutText();
}
