namespace BuildPipeline.Jobs;

/// <summary>What a job is tried on where the node options before it got no capacity: one entry of <c>instance_fallbacks</c>.</summary>
public sealed record FallbackOption
{
    /// <summary>SageMaker instance type.</summary>
    public required string InstanceType { get; init; }

    /// <summary>Nodes.</summary>
    public required int InstanceCount { get; init; }

    /// <summary>Managed spot.</summary>
    public required bool UseSpotInstances { get; init; }

    /// <summary>The most seconds from submission to end on spot, waiting included; null on demand.</summary>
    public int? MaxWaitSeconds { get; init; }

    /// <summary>The most that an hour of one node may cost on demand, dollars; null means no bound.</summary>
    public Usd? MaxUsdPerNodeHour { get; init; }

    /// <summary>Key of the training volume; null for types with local NVMe, which refuse one.</summary>
    public string? VolumeKmsKeyArn { get; init; }
}
