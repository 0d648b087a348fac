using BuildPipeline.Jobs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Runs;

/// <summary>The rungs that a job is tried on, and the one that a run's next job is for.</summary>
/// <remarks>All of it follows from what is recorded, so a process that dies between two rungs leaves nothing undecided.</remarks>
public static class Ladder
{
    /// <summary>The rung of the run's open or next job, from 1; null where there is none to come.</summary>
    public static int? Next(RunRecord run) => run.CurrentAttempt switch
    {
        null => FirstFitting(run, 1),
        { Outcome: null or OutcomeKind.Moved } current => current.Rung,

        // It was about to be moved to the other market, and ended by itself before.
        { MovingTo: not null } current when current.WasRefused() => current.Rung,
        { } current when current.WasRefused() => WentBackInVain(run) ? current.Rung : FirstFitting(run, current.Rung + 1),
        _ => null,
    };

    /// <summary>The market of the run's next job.</summary>
    /// <param name="run">The run.</param>
    /// <param name="job">The job as it is on the next rung.</param>
    public static Market NextMarket(RunRecord run, TrainingJobSpec job)
    {
        if (WentBackInVain(run))
        {
            return Market.OnDemand;
        }

        // Once a run is on demand for its deadline, a later rung is too.
        var moved = run.Attempts.LastOrDefault(attempt => attempt.MovingTo is not null)?.MovingTo;
        return run.CurrentAttempt?.MovingTo ?? (job.UseSpotInstances && moved != Market.OnDemand ? Market.Spot : Market.OnDemand);
    }

    // Spot had no place for a job that came back from on demand, where it had nodes.
    private static bool WentBackInVain(RunRecord run) =>
        run.CurrentAttempt is { Market: Market.Spot } current && current.WasRefused()
        && run.Attempts.SkipLast(1).LastOrDefault() is { Market: Market.OnDemand, Outcome: OutcomeKind.Moved };

    /// <summary>One sentence on each rung of a ladder that is at its end; null where there is no ladder, or another end.</summary>
    public static string? Exhausted(RunRecord run) => run is { Job.InstanceLadder.Count: > 0, HasOpenJob: false } && run.CurrentAttempt?.WasRefused() == true
        ? $"No node option got its capacity: {string.Join("; ", run.Job.Rungs().Select((job, index) => $"option {index + 1}, {job.Nodes()}: {Why(run, index + 1)}"))}. Try again later, or add node options to instance_ladder."
        : null;

    /// <summary>Why a rung was left.</summary>
    private static string Why(RunRecord run, int rung) => run.Attempts.LastOrDefault(attempt => attempt.Rung == rung) is { } attempt
        ? attempt.OutcomeSentence!.TrimEnd('.')
        : run.Cost?.QuotaShortfall(rung) ?? "not tried";

    private static int? FirstFitting(RunRecord run, int from)
    {
        var rungs = Enumerable.Range(1, run.Job?.Rungs().Count ?? 1).Where(rung => rung >= from && run.Cost?.QuotaShortfall(rung) is null).ToList();
        return rungs.Count == 0 ? null : rungs[0];
    }
}
