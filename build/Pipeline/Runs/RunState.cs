using BuildPipeline.Training;

namespace BuildPipeline.Runs;

/// <summary>The state of a run, by its record. A run moves down this list and never up.</summary>
public enum RunState
{
    /// <summary>Created; there is no plan yet.</summary>
    Started,

    /// <summary>Terraform's plan is saved.</summary>
    Planned,

    /// <summary>Priced and accepted by the cost gate.</summary>
    Priced,

    /// <summary>Approved.</summary>
    Approved,

    /// <summary>The infrastructure is applied; no job was submitted.</summary>
    Applied,

    /// <summary>A job was or may have been submitted and its end is not recorded, or the next job is due.</summary>
    Launched,

    /// <summary>The last job failed or was stopped; the run is not closed.</summary>
    Failed,

    /// <summary>The training is complete; its evidence is not judged.</summary>
    Trained,

    /// <summary>The evidence is judged; the run is not closed.</summary>
    Judged,

    /// <summary>Closed without a trained model.</summary>
    ClosedFailed,

    /// <summary>Closed; the evidence does not hold.</summary>
    ClosedInvalid,

    /// <summary>Closed; the evidence holds.</summary>
    ClosedValidated,
}

/// <summary>Reads the state of a run from its record.</summary>
public static class RunStates
{
    /// <summary>The state of a run.</summary>
    public static RunState From(RunRecord run) => run switch
    {
        { ClosedAt: not null, Evidence: null } => RunState.ClosedFailed,
        { ClosedAt: not null, Evidence.Passed: false } => RunState.ClosedInvalid,
        { ClosedAt: not null } => RunState.ClosedValidated,
        { CurrentAttempt: null } => BeforeLaunch(run.Stage),
        { HasOpenJob: true } => RunState.Launched,
        { Evidence: not null } => RunState.Judged,
        { CurrentAttempt.Outcome: OutcomeKind.Completed } => RunState.Trained,
        _ => RunState.Failed,
    };

    /// <summary>The state, for people.</summary>
    public static string InWords(this RunState state) => state switch
    {
        RunState.Failed => "failed, not closed",
        RunState.Judged => "checked, not closed",
        RunState.ClosedFailed => "failed",
        RunState.ClosedInvalid => "not valid",
        RunState.ClosedValidated => "validated",
        _ => state.ToString().ToLowerInvariant(),
    };

    /// <summary>The state of a run, for people: one that nobody could check as a whole is not called validated, and one that somebody stopped not failed.</summary>
    public static string InWords(RunRecord run) => run switch
    {
        { State: RunState.ClosedValidated, Evidence.Unchecked.Count: > 0 } => "valid as far as checked",
        { State: RunState.Failed, CurrentAttempt.Outcome: OutcomeKind.Stopped } => "stopped, not closed",
        { State: RunState.ClosedFailed, CurrentAttempt.Outcome: OutcomeKind.Stopped } => "stopped",
        _ => run.State.InWords(),
    };

    /// <summary>True in a state that can be closed: nothing can follow but the receipt and the ledger.</summary>
    public static bool CanClose(this RunState state) => state is RunState.Failed or RunState.Judged;

    /// <summary>True in the end state of a run.</summary>
    public static bool IsClosed(this RunState state) => state >= RunState.ClosedFailed;

    private static RunState BeforeLaunch(RunStage stage) => stage switch
    {
        RunStage.Started => RunState.Started,
        RunStage.Planned => RunState.Planned,
        RunStage.Priced => RunState.Priced,
        RunStage.Approved => RunState.Approved,
        _ => RunState.Applied,
    };
}
