namespace BuildPipeline.Costing;

/// <summary>Other ways to do the work of a run, each planned and priced as a run of its own.</summary>
/// <param name="DueHours">Hours from submission after which all of them count as late.</param>
/// <param name="Lines">The run as it is configured, then ways that no other way dominates, the cheapest first.</param>
public sealed record WhatIfRecord(double DueHours, IReadOnlyList<WhatIfLine> Lines);

/// <summary>One way.</summary>
public sealed record WhatIfLine
{
    /// <summary>The Terraform variables that select it, <c>NAME=VALUE</c>; empty for the run as it is configured.</summary>
    public required IReadOnlyList<string> Variables { get; init; }

    /// <summary>Instance type.</summary>
    public required string InstanceType { get; init; }

    /// <summary>Nodes.</summary>
    public required int InstanceCount { get; init; }

    /// <summary>Managed spot.</summary>
    public required bool UseSpotInstances { get; init; }

    /// <summary>Hours from submission by which a job on spot moves to on-demand to be done; null means no deadline.</summary>
    public double? DeadlineHours { get; init; }

    /// <summary>What it will probably cost, dollars.</summary>
    public required Usd Expected { get; init; }

    /// <summary>The most that it can cost, dollars: as its own gate has it, or as expected where it was not planned.</summary>
    public required Usd Ceiling { get; init; }

    /// <summary>Seconds from submission to the end on average.</summary>
    public required double FinishSeconds { get; init; }

    /// <summary>Share of the simulations that are late, 0 to 1.</summary>
    public required double Late { get; init; }

    /// <summary>Its run; null if it could not be planned.</summary>
    public string? RunId { get; init; }

    /// <summary>Digest of its run; null if there is nothing to approve.</summary>
    public string? Digest { get; init; }

    /// <summary>Digest that a comment on a pull request approves, for every run that is planned the same; null if there is none.</summary>
    public string? ContentDigest { get; init; }

    /// <summary>Why there is nothing to approve; null if there is.</summary>
    public string? Problem { get; init; }

    /// <summary>The line of a point, before it is planned.</summary>
    public static WhatIfLine From(WhatIfPoint point) => new()
    {
        Variables = point.Variables,
        InstanceType = point.Job.InstanceType,
        InstanceCount = point.Job.InstanceCount,
        UseSpotInstances = point.Job.UseSpotInstances,
        DeadlineHours = point.Job.DeadlineHours,
        Expected = point.Expected,
        Ceiling = point.Ceiling,
        FinishSeconds = Math.Round(point.Finish.TotalSeconds),
        Late = point.Late,
    };
}
