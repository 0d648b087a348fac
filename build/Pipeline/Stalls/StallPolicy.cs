namespace BuildPipeline.Stalls;

/// <summary>What a run does about a stall.</summary>
public enum OnStall
{
    /// <summary>Tells of it.</summary>
    Warn,

    /// <summary>Tells of it, stops the job and continues in a new one from the last complete checkpoint.</summary>
    Restart,
}

/// <summary>A stall of a job.</summary>
/// <param name="FoundAt">When it was noticed.</param>
/// <param name="CheckpointStep">Step of the newest complete checkpoint; null if there is none.</param>
/// <param name="Cause">Why, as far as it is known.</param>
/// <param name="Why">What was seen.</param>
public sealed record StallRecord(DateTimeOffset FoundAt, int? CheckpointStep, StallCause? Cause, string Why)
{
    /// <summary>True if the job is stopped for it.</summary>
    public bool Restarts { get; init; }

    /// <summary>When a later checkpoint was seen; null if none was.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>What is decided about a stall.</summary>
public enum StallDecision
{
    /// <summary>The job is stopped and continued in a new one.</summary>
    Restart,

    /// <summary>The run only tells of it.</summary>
    WarnOnly,

    /// <summary>There is no complete checkpoint to continue from.</summary>
    NothingSaved,

    /// <summary>The run was restarted from this checkpoint before, and no later one came.</summary>
    NotCured,

    /// <summary>The run was restarted as often as it may be.</summary>
    LimitReached,
}

/// <summary>Decides what a run does about a stall.</summary>
public static class StallPolicy
{
    /// <summary>So often a run is restarted for stalls at most.</summary>
    public const int MostRestarts = 3;

    /// <summary>The decision: never a second restart from the same checkpoint, never more than <see cref="MostRestarts"/>.</summary>
    /// <param name="policy">What was approved; null in runs of earlier versions.</param>
    /// <param name="earlier">The stalls of the run's earlier jobs.</param>
    /// <param name="checkpointStep">Step of the newest complete checkpoint; null if there is none.</param>
    public static StallDecision Decide(OnStall? policy, IEnumerable<StallRecord?> earlier, int? checkpointStep)
    {
        var restarts = earlier.Where(stall => stall is { Restarts: true }).ToList();
        return policy != OnStall.Restart ? StallDecision.WarnOnly
            : checkpointStep is not { } step ? StallDecision.NothingSaved
            : restarts.Count >= MostRestarts ? StallDecision.LimitReached
            : restarts.Any(stall => stall!.CheckpointStep >= step) ? StallDecision.NotCured
            : StallDecision.Restart;
    }

    /// <summary>What a decision means, for people.</summary>
    public static string InWords(StallDecision decision) => decision switch
    {
        StallDecision.Restart => "The job is stopped and continued from that checkpoint.",
        StallDecision.NothingSaved => "It is not restarted, because there is no complete checkpoint to continue from.",
        StallDecision.NotCured => "It is not restarted, because a restart from this checkpoint has not helped before.",
        StallDecision.LimitReached => $"It is not restarted, because the run was restarted {MostRestarts} times for stalls.",
        _ => "It is not restarted, because --on-stall is warn.",
    };
}
