using BuildPipeline.Training;

namespace BuildPipeline.Runs;

/// <summary>Figures of a whole run, over all of its training jobs.</summary>
public static class RunFigures
{
    /// <summary>Dollars of the training jobs that have ended; null if that of one is unknown.</summary>
    public static Usd? Spent(RunRecord run) => AttemptRecord.CostOf(run.Attempts.Where(attempt => attempt.Outcome is not null));

    /// <summary>The most that the run may cost, dollars: what was approved, or the ceiling of a job that Terraform submitted; null if nothing was approved.</summary>
    public static Usd? Ceiling(RunRecord run) => run.Adopted is { } adopted ? adopted.Ceiling : run.Approval?.Subject.Ceiling;

    /// <summary>Interruptions, for whatever cause.</summary>
    public static int Interruptions(RunRecord run) => run.Attempts.Sum(attempt => JobInterruption.From(attempt.Transitions).Count);

    /// <summary>Complete checkpoints that were kept when the evidence was judged, or else when its newest job was last seen; null if that is not known.</summary>
    public static int? Checkpoints(RunRecord run) => run.Evidence?.Checkpoints.Count ?? run.CurrentAttempt?.KeptCheckpoints;

    /// <summary>Last training step that is known; null if none is.</summary>
    public static int? LastStep(RunRecord run) => run.Evidence?.FinalStep ?? run.Attempts.Max(attempt => attempt.LastStep);
}
