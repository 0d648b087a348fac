using BuildPipeline.Training;

namespace BuildPipeline.Goodput;

/// <summary>The goodput of a run whose job is not billed yet, in time on nodes.</summary>
public static class GoodputSoFar
{
    /// <summary>Time that was productive, and time on nodes.</summary>
    /// <param name="attempts">The run's jobs, oldest first.</param>
    /// <param name="saved">What their program saved. Pauses of manifests that are not in it count as productive.</param>
    /// <param name="atRiskSeconds">Training since the newest checkpoint, which is not lost yet.</param>
    /// <param name="now">The time.</param>
    public static (TimeSpan Productive, TimeSpan OnNodes) Calculate(IReadOnlyList<AttemptRecord> attempts, SavedWork saved, double atRiskSeconds, DateTimeOffset now)
    {
        var shares = GoodputRecord.Calculate([.. attempts.Select(attempt => Until(attempt, now))], saved)!.Shares;
        var onNodes = shares.Sum(share => share.NodeSeconds);
        var productive = shares.Where(share => share.Category == GoodputCategory.Productive).Sum(share => share.NodeSeconds) + atRiskSeconds;
        return (TimeSpan.FromSeconds(Math.Min(productive, onNodes)), TimeSpan.FromSeconds(onNodes));
    }

    private static AttemptRecord Until(AttemptRecord attempt, DateTimeOffset now) => attempt with
    {
        BillableSeconds = attempt.BillableSeconds ?? 0,
        Transitions = [.. attempt.Transitions.Select((transition, index) => index == attempt.Transitions.Count - 1 && attempt.Outcome is null ? transition with { EndedAt = transition.EndedAt ?? now } : transition)],
    };
}
