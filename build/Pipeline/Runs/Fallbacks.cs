using BuildPipeline.Jobs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Runs;

/// <summary>The node options that a job is tried on, and the one that a run's next job is for.</summary>
/// <remarks>All of it follows from what is recorded, so a process that dies between two node options leaves nothing undecided.</remarks>
public static class Fallbacks
{
    /// <summary>The node option of the run's open or next job, from 1; null if there is none to come.</summary>
    public static int? Next(RunRecord run) => run.CurrentAttempt switch
    {
        null => FirstFitting(run, 1),
        { Outcome: null or OutcomeKind.Moved } current => current.NodeOption,

        // It was about to be moved to the other market, and ended by itself before.
        { MovingTo: not null } current when current.GotNoCapacity() => current.NodeOption,
        { } current when current.GotNoCapacity() => SpotRetryFailed(run) ? current.NodeOption : FirstFitting(run, current.NodeOption + 1),
        _ => null,
    };

    /// <summary>The market of the run's next job.</summary>
    /// <param name="run">The run.</param>
    /// <param name="job">The job as it is on the next node option.</param>
    public static Market NextMarket(RunRecord run, TrainingJobSpec job)
    {
        if (SpotRetryFailed(run))
        {
            return Market.OnDemand;
        }

        // Once a run is on demand for its deadline, a later node option is too.
        var moved = run.Attempts.LastOrDefault(attempt => attempt.MovingTo is not null)?.MovingTo;
        return run.CurrentAttempt?.MovingTo ?? (job.UseSpotInstances && moved != Market.OnDemand ? Market.Spot : Market.OnDemand);
    }

    // Spot had no place for a job that came back from on demand, where it had nodes.
    private static bool SpotRetryFailed(RunRecord run) =>
        run.CurrentAttempt is { Market: Market.Spot } current && current.GotNoCapacity()
        && run.Attempts.SkipLast(1).LastOrDefault() is { Market: Market.OnDemand, Outcome: OutcomeKind.Moved };

    /// <summary>One sentence on each node option that is at its end; null if there are no fallbacks, or it ended otherwise.</summary>
    public static string? ExhaustionMessage(RunRecord run) => run is { Job.InstanceFallbacks.Count: > 0, HasOpenJob: false } && run.CurrentAttempt?.GotNoCapacity() == true
        ? $"No node option got its capacity: {string.Join("; ", run.Job.NodeOptions().Select((job, index) => $"option {index + 1}, {job.Nodes()}: {Why(run, index + 1)}"))}. Try again later, or add node options to instance_fallbacks."
        : null;

    /// <summary>Why a node option was left.</summary>
    private static string Why(RunRecord run, int nodeOption) => run.Attempts.LastOrDefault(attempt => attempt.NodeOption == nodeOption) is { } attempt
        ? attempt.OutcomeSentence!.TrimEnd('.')
        : run.Cost?.QuotaShortfallMessage(nodeOption) ?? "not tried";

    private static int? FirstFitting(RunRecord run, int from)
    {
        var nodeOptions = Enumerable.Range(1, run.Job?.NodeOptions().Count ?? 1).Where(nodeOption => nodeOption >= from && run.Cost?.QuotaShortfallMessage(nodeOption) is null).ToList();
        return nodeOptions.Count == 0 ? null : nodeOptions[0];
    }
}
