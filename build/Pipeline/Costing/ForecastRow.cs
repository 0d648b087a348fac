namespace BuildPipeline.Costing;

/// <summary>One way to do the work.</summary>
public sealed record ForecastRow
{
    /// <summary>Instance type.</summary>
    public required string InstanceType { get; init; }

    /// <summary>Nodes.</summary>
    public required int Nodes { get; init; }

    /// <summary>Managed spot, or on demand.</summary>
    public required bool Spot { get; init; }

    /// <summary>Over that of the job as it is configured.</summary>
    public required double Throughput { get; init; }

    /// <summary>Expected dollars for the nodes.</summary>
    public required Usd Expected { get; init; }

    /// <summary>Dollars that nine sampled runs in ten do not exceed.</summary>
    public required Usd P90 { get; init; }

    /// <summary>Time from submission to the end on average.</summary>
    public required TimeSpan Finish { get; init; }

    /// <summary>Share of the sampled runs that are not done by the deadline, 0 to 1.</summary>
    public required double DeadlineRisk { get; init; }

    /// <summary>True for the job as it is configured.</summary>
    public required bool Chosen { get; init; }
}
