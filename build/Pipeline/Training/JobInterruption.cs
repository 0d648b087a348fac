namespace BuildPipeline.Training;

/// <summary>Why a job lost its nodes before its end.</summary>
public enum InterruptionCause
{
    /// <summary>Spot capacity was reclaimed.</summary>
    Spot,

    /// <summary>AWS had an internal error and started the job again, as <c>max_retry_attempts</c> allows.</summary>
    InternalError,
}

/// <summary>An end of an attempt that was not the job's.</summary>
/// <param name="At">When the service reported it.</param>
/// <param name="Cause">Why.</param>
public sealed record JobInterruption(DateTimeOffset At, InterruptionCause Cause)
{
    /// <summary>The interruptions among a run's status transitions, oldest first.</summary>
    /// <remarks>
    /// A reclaimed spot job becomes Interrupted before it starts again. A retry has no status of its own: the job goes back to Starting
    /// (service model of RetryStrategy), straight from a status in which it held its nodes.
    /// </remarks>
    public static IReadOnlyList<JobInterruption> From(IReadOnlyList<StatusTransition> transitions) =>
    [
        .. transitions.Where(transition => transition.Status == "Interrupted").Select(transition => new JobInterruption(transition.StartedAt, InterruptionCause.Spot))
            .Concat(transitions.Zip(transitions.Skip(1))
                .Where(pair => pair is { First.Status: "Downloading" or "Training" or "Uploading", Second.Status: "Starting" })
                .Select(pair => new JobInterruption(pair.Second.StartedAt, InterruptionCause.InternalError)))
            .OrderBy(interruption => interruption.At),
    ];
}
