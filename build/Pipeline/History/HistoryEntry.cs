using BuildPipeline.Approvals;
using BuildPipeline.Goodput;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.History;

/// <summary>What a list of runs has of one run.</summary>
public sealed record HistoryEntry
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Its state.</summary>
    public required RunState State { get; init; }

    /// <summary>The state as people read it, for example <c>valid as far as checked</c>.</summary>
    public required string StateText { get; init; }

    /// <summary>True from the intent to submit a job until the run is closed.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>The machine that wrote its first event; null if no event was read.</summary>
    public string? StartedOn { get; init; }

    /// <summary>Who started the workflow run that it was approved in, by GitHub's records; null if it was not approved there.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>Who approved it; null if nobody did.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>How that is known; null if nobody approved it.</summary>
    public ApprovalSource? ApprovedThrough { get; init; }

    /// <summary>The team that pays; null before the plan.</summary>
    public string? Team { get; init; }

    /// <summary>The job, as its variable names it; null before the plan.</summary>
    public string? Job { get; init; }

    /// <summary>Name of the job's file, <c>infra/jobs/NAME.tfvars</c>; null is the job of the environment's own file.</summary>
    public string? JobFile { get; init; }

    /// <summary>The sweep that it is a variant of; null if it is of none.</summary>
    public string? Sweep { get; init; }

    /// <summary>The newest training job; null if none was submitted.</summary>
    public string? TrainingJob { get; init; }

    /// <summary>Its status and secondary status, for example <c>InProgress/Training</c>: of an open run as SageMaker shows it, where it does; null if it was not seen yet.</summary>
    public string? JobStatus { get; init; }

    /// <summary>Training jobs.</summary>
    public required int Attempts { get; init; }

    /// <summary>Interruptions of all of them.</summary>
    public required int Interruptions { get; init; }

    /// <summary>Dollars of the training jobs that have ended; null if that of one is unknown.</summary>
    public Usd? SpentUsd { get; init; }

    /// <summary>The most that it may cost: the approved dollars, or the ceiling of a job that Terraform submitted; null if nothing was approved.</summary>
    public Usd? CeilingUsd { get; init; }

    /// <summary>What its bill went into; null until its result is determined, or if a job has no bill.</summary>
    public GoodputTotal? Goodput { get; init; }

    /// <summary>Complete checkpoints that were kept when the evidence was judged, or else when the newest training job was last followed; null if that is not known.</summary>
    public int? Checkpoints { get; init; }

    /// <summary>Last training step that is known; null if none is.</summary>
    public int? LastStep { get; init; }

    /// <summary>When its result was determined; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When it was closed; null before.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>How the last target that worked on it ended; of a closed run, its result.</summary>
    public ExitCode? ExitCode { get; init; }

    /// <summary>The error that target ended with; null if there was none.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What can follow.</summary>
    public required NextStep NextStep { get; init; }

    /// <summary>The command of the next step, in the context of the call that lists the run; null if there is none, and in the index.</summary>
    public string? Next { get; init; }

    /// <summary>True if GitHub could not be told of its end, so a watch tells it.</summary>
    public bool Unposted { get; init; }

    /// <summary>Number of the last event that this includes.</summary>
    public required int LastEvent { get; init; }

    /// <summary>The month in which it started, UTC, for example <c>2026-11</c>.</summary>
    public string Month() => MonthOf(RunId);

    /// <summary>The month in the ID of a run.</summary>
    public static string MonthOf(string runId) => $"{runId[..4]}-{runId[4..6]}";

    /// <summary>What a list has of that run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="startedOn">The machine that wrote its first event; null if that is not known.</param>
    public static HistoryEntry From(RunRecord run, string? startedOn) => new()
    {
        RunId = run.RunId,
        StartedAt = run.StartedAt,
        State = run.State,
        StateText = RunStates.InWords(run),
        IsOpen = run.IsOpen,
        StartedOn = startedOn,
        RequestedBy = run.Approval?.Review?.RequestedBy,
        ApprovedBy = run.Approval?.Approver,
        ApprovedThrough = run.Approval?.Source,
        Team = run.Job?.Team,
        Job = run.Job?.Name,
        JobFile = run.JobFile,
        Sweep = run.Sweep,
        TrainingJob = run.CurrentAttempt?.JobName,
        JobStatus = StatusOf(run.CurrentAttempt),
        Attempts = run.Attempts.Count,
        Interruptions = RunFigures.Interruptions(run),
        SpentUsd = RunFigures.Spent(run),
        CeilingUsd = RunFigures.Ceiling(run),
        Goodput = run.Goodput is { BilledSeconds: > 0 } goodput ? GoodputTotal.From([goodput]) : null,
        Checkpoints = RunFigures.Checkpoints(run),
        LastStep = RunFigures.LastStep(run),
        EndedAt = run.EndedAt,
        ClosedAt = run.ClosedAt,
        ExitCode = run.ExitCode,
        ErrorId = run.ErrorId,
        NextStep = NextSteps.From(run),
        LastEvent = run.LastEvent ?? 0,
    };

    private static string? StatusOf(AttemptRecord? attempt) =>
        attempt is { Status: { } status, SecondaryStatus: { } detail } && detail != status ? $"{status}/{detail}" : attempt?.Status;
}
