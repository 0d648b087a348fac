using Amazon.SageMaker.Model;
using BuildPipeline.Checkpoints;

namespace BuildPipeline.Training;

/// <summary>What a job that was stopped has left to resume from.</summary>
/// <param name="Step">Step of its newest complete checkpoint; null if it has none.</param>
/// <param name="SavedAt">When that checkpoint came into the bucket.</param>
/// <param name="IsAfterStop">True if the program saved it after it was told to stop; S3 and SageMaker give full seconds only.</param>
public sealed record StopEvidence(int? Step, DateTimeOffset? SavedAt, bool IsAfterStop)
{
    private const string Stopping = "Stopping";

    /// <summary>Judges the checkpoints of a job that has ended.</summary>
    /// <param name="job">The job.</param>
    /// <param name="stored">The checkpoints of its folder.</param>
    public static StopEvidence From(DescribeTrainingJobResponse job, IReadOnlyList<StoredCheckpoint> stored)
    {
        // Of two that came within one second, the later step.
        var newest = stored.Where(checkpoint => checkpoint.State == CheckpointState.Complete).MaxBy(checkpoint => (checkpoint.Seen!.Version.LastModified, checkpoint.Step));
        var savedAt = newest?.Seen!.Version.LastModified;
        var stoppedAt = SdkTime.ToUtc((job.SecondaryStatusTransitions ?? []).LastOrDefault(transition => transition.Status?.Value == Stopping)?.StartTime);
        return new(newest?.Step, savedAt, savedAt?.ToUnixTimeSeconds() >= stoppedAt?.ToUnixTimeSeconds());
    }

    /// <summary>In one sentence, for people.</summary>
    public string Describe() => (Step, IsAfterStop) switch
    {
        (null, _) => "It has no complete checkpoint.",
        (_, true) => $"After the stop it saved a checkpoint, of step {Step}.",
        _ => $"It saved no checkpoint after the stop; the newest is of step {Step}, from {Format.Moment(SavedAt!.Value)}.",
    };
}
