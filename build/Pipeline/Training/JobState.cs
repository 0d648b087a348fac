using Amazon.SageMaker.Model;
using BuildPipeline.Prices;
using BuildPipeline.Secrets;
using BuildPipeline.Spot;

namespace BuildPipeline.Training;

/// <summary>Takes what the service says on a job into the run's records.</summary>
public static class JobState
{
    /// <summary>The attempt as the service describes it now.</summary>
    /// <param name="attempt">The attempt as last recorded.</param>
    /// <param name="job">The service's answer.</param>
    /// <param name="ratePerHour">On-demand rate of all nodes, dollars an hour; null is unknown.</param>
    internal static AttemptRecord Seen(AttemptRecord attempt, DescribeTrainingJobResponse job, Usd? ratePerHour)
    {
        var outcome = Outcomes.From(job);
        var billable = job.BillableTimeInSeconds ?? (outcome is not null && job.TrainingStartTime is null ? 0 : null);
        return attempt with
        {
            JobArn = job.TrainingJobArn,
            SubmittedAt = attempt.SubmittedAt ?? SdkTime.ToUtc(job.CreationTime),
            Status = job.TrainingJobStatus?.Value,
            SecondaryStatus = job.SecondaryStatus?.Value,
            FailureReason = OfProgram(job.FailureReason),
            Transitions = [.. (job.SecondaryStatusTransitions ?? []).Select(Transition)],
            TrainingSeconds = job.TrainingTimeInSeconds,
            BillableSeconds = billable,
            Cost = ratePerHour is { } rate && billable is { } seconds ? ActualCost.Calculate(seconds, rate) : null,
            Outcome = outcome?.Kind,
            OutcomeSentence = OfProgram(outcome?.Sentence),
            ModelArtifacts = job.ModelArtifacts?.S3ModelArtifacts,
            ServiceMetrics = (job.FinalMetricDataList ?? [])
                .Where(metric => metric.Value is { } value && float.IsFinite(value)) // JSON has no other numbers.
                .GroupBy(metric => metric.MetricName)
                .ToDictionary(metric => metric.Key, metric => (double)metric.Last().Value!.Value),
        };
    }

    /// <summary>How often the job was interrupted so far, for that cause.</summary>
    public static int Count(AttemptRecord attempt, InterruptionCause cause) =>
        JobInterruption.From(attempt.Transitions).Count(interruption => interruption.Cause == cause);

    /// <summary>The state of the capacity in a few words.</summary>
    public static string CapacityState(AttemptRecord attempt)
    {
        var interruptions = Count(attempt, InterruptionCause.Spot);
        var retried = JobInterruption.From(attempt.Transitions) is [.., { Cause: InterruptionCause.InternalError }];
        return (attempt.SecondaryStatus, interruptions) switch
        {
            ("Starting" or "Pending", _) when retried => "starting again after an internal error of AWS",
            _ when attempt.Market == Market.OnDemand => "on-demand",
            ("Starting" or "Pending", 0) => "waiting for spot capacity",
            ("Interrupted" or "Starting" or "Pending" or "Restarting", _) => "interrupted, waiting for spot capacity",
            ("Downloading" or "Training" or "Uploading", 0) => "on spot",
            ("Downloading" or "Training" or "Uploading", 1) => "on spot again after an interruption",
            ("Downloading" or "Training" or "Uploading", _) => $"on spot again after {interruptions} interruptions",
            _ => "ended",
        };
    }

    /// <summary>Dollars at most so far: the time on the nodes at the on-demand rate, never less than the look before; null is unknown.</summary>
    public static Usd? SpendAtMost(AttemptRecord attempt, Usd? ratePerHour, DateTimeOffset now)
    {
        var onNodes = attempt.Transitions
            .Where(transition => transition.Status is "Downloading" or "Training" or "Uploading")
            .Sum(transition => ((transition.EndedAt ?? now) - transition.StartedAt).TotalSeconds);
        return ratePerHour is { } rate ? rate * ((decimal)Math.Max(0, onNodes) / 3600m) : null;
    }

    private static StatusTransition Transition(SecondaryStatusTransition transition) => new(
        transition.Status?.Value ?? "Unknown",
        SdkTime.ToUtc(transition.StartTime) ?? default,
        SdkTime.ToUtc(transition.EndTime),
        OfProgram(transition.StatusMessage));

    // Of a failed job it is what the program said last, and many read the record.
    private static string? OfProgram(string? text) => text is null ? null : SecretScan.CutSecret(text);
}
