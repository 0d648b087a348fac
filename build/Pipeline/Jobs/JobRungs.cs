namespace BuildPipeline.Jobs;

/// <summary>The rungs that a job is tried on.</summary>
public static class JobRungs
{
    /// <summary>The job as it is on each rung; the first is the job itself.</summary>
    public static IReadOnlyList<TrainingJobSpec> Rungs(this TrainingJobSpec job) =>
    [
        job,
        .. job.InstanceLadder.Select(rung => job with
        {
            InstanceType = rung.InstanceType,
            InstanceCount = rung.InstanceCount,
            UseSpotInstances = rung.UseSpotInstances,
            MaxWaitSeconds = rung.MaxWaitSeconds,
            MaxUsdPerNodeHour = rung.MaxUsdPerNodeHour,
            VolumeKmsKeyArn = rung.VolumeKmsKeyArn,
            InstanceLadder = [],
        }),
    ];

    /// <summary>The nodes of a job, for people.</summary>
    public static string Nodes(this TrainingJobSpec job) => $"{job.InstanceCount} x {job.InstanceType}";
}
