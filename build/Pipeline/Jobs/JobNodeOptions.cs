namespace BuildPipeline.Jobs;

/// <summary>The node options that a job is tried on.</summary>
public static class JobNodeOptions
{
    /// <summary>The job as it is on each node option; the first is the job itself.</summary>
    public static IReadOnlyList<TrainingJobSpec> NodeOptions(this TrainingJobSpec job) =>
    [
        job,
        .. job.InstanceFallbacks.Select(nodeOption => job with
        {
            InstanceType = nodeOption.InstanceType,
            InstanceCount = nodeOption.InstanceCount,
            UseSpotInstances = nodeOption.UseSpotInstances,
            MaxWaitSeconds = nodeOption.MaxWaitSeconds,
            MaxUsdPerNodeHour = nodeOption.MaxUsdPerNodeHour,
            VolumeKmsKeyArn = nodeOption.VolumeKmsKeyArn,
            InstanceFallbacks = [],
        }),
    ];

    /// <summary>The nodes of a job, for people.</summary>
    public static string Nodes(this TrainingJobSpec job) => $"{job.InstanceCount} x {job.InstanceType}";
}
