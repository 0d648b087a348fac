using BuildPipeline.Jobs;

namespace BuildPipeline.Training;

/// <summary>What an attempt was for, and whether it got its nodes.</summary>
public static class AttemptNodeOptions
{
    /// <summary>The run's job as one of its attempts has it.</summary>
    public static TrainingJobSpec JobOf(this ITrainingRun run, AttemptRecord attempt) => run.Job!.NodeOptions()[attempt.NodeOption - 1];

    /// <summary>True if a job got no nodes: no capacity, no quota, or on spot none before the waiting time was over.</summary>
    public static bool GotNoCapacity(this AttemptRecord attempt) =>
        attempt is { Outcome: OutcomeKind.NoCapacity or OutcomeKind.Quota } or { Outcome: OutcomeKind.MaxWait, BillableSeconds: 0 };
}
