using BuildPipeline.Jobs;

namespace BuildPipeline.Costing;

/// <summary>A way to do the work of a job: what it would cost, and when it would be done.</summary>
public sealed record WhatIfPoint
{
    /// <summary>The job that way.</summary>
    public required TrainingJobSpec Job { get; init; }

    /// <summary>The Terraform variables that select it, <c>NAME=VALUE</c>; empty for the job as it is configured.</summary>
    public required IReadOnlyList<string> Variables { get; init; }

    /// <summary>What it will probably cost, dollars.</summary>
    public required Usd Expected { get; init; }

    /// <summary>The most that it can cost, dollars.</summary>
    public required Usd Ceiling { get; init; }

    /// <summary>Time from submission to the end on average.</summary>
    public required TimeSpan Finish { get; init; }

    /// <summary>Share of the simulations that are not done when the job as it is configured has to be, 0 to 1.</summary>
    public required double Late { get; init; }

    /// <summary>True if it is nowhere worse than another point, and somewhere better.</summary>
    public bool Dominates(WhatIfPoint other) =>
        Expected <= other.Expected && Finish <= other.Finish && Late <= other.Late && (Expected < other.Expected || Finish < other.Finish || Late < other.Late);
}
