using BuildPipeline.Freezes;
using BuildPipeline.History;
using BuildPipeline.Jobs;
using BuildPipeline.Observability;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Stalls;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting;

/// <summary>What Status prints with <c>--output=json</c>: docs/reference/status.schema.json.</summary>
public sealed record StatusDocument
{
    /// <summary>Version of the schema that this program writes.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the schema of this document.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The Terraform environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The run, as History lists it.</summary>
    public required HistoryEntry Run { get; init; }

    /// <summary>Its training jobs, oldest first, the newest as the service shows it now.</summary>
    public required IReadOnlyList<StatusJob> Jobs { get; init; }

    /// <summary>Seconds in which the jobs waited for capacity so far.</summary>
    public required double WaitingSeconds { get; init; }

    /// <summary>Seconds in which the program ran so far.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>When the training has to be done; null means no deadline.</summary>
    public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>How its job gets on by its newest complete checkpoint; null if it has no job, or that is not known.</summary>
    public ProgressVerdict? Progress { get; init; }

    /// <summary>Dollars of the training that an interruption now would lose, at the on-demand price; null is unknown.</summary>
    public Usd? AtRiskUsd { get; init; }

    /// <summary>How much of their GPUs and memory the nodes use; empty if that is not known.</summary>
    public required IReadOnlyList<NodeUtilization> Nodes { get; init; }

    /// <summary>Why nothing new would be started; null if spending is not frozen, or that was not read.</summary>
    public string? Frozen { get; init; }

    /// <summary>Freezes that do not hold the run: who froze which other team, when and why.</summary>
    public IReadOnlyList<string> OtherFreezes { get; init; } = [];

    /// <summary>The sentence of the error that the last target ended with; null if there was none.</summary>
    public string? Error { get; init; }

    /// <summary>The document of a run.</summary>
    /// <param name="run">The run, with its newest job as the service shows it.</param>
    /// <param name="startedOn">The machine that started it; null if that is not known.</param>
    /// <param name="usage">How much of their GPUs and memory the nodes of its job use.</param>
    /// <param name="freezes">What is frozen in the environment.</param>
    /// <param name="next">The command that continues the run; null if there is none.</param>
    public static StatusDocument From(RunRecord run, string? startedOn, IReadOnlyList<NodeUtilization> usage, FreezeReading freezes, string? next, DateTimeOffset now)
    {
        var split = TimeSplit.Calculate(run, run.EndedAt ?? now);
        return new()
        {
            Environment = run.Environment,
            Run = HistoryEntry.From(run, startedOn) with { Next = next },
            Jobs = [.. run.Attempts.Select(attempt => StatusJob.From(run, attempt))],
            WaitingSeconds = split.Waiting.TotalSeconds,
            TrainingSeconds = split.Training.TotalSeconds,
            DeadlineAt = run.DeadlineAt,
            Progress = run.CurrentAttempt?.Progress,
            AtRiskUsd = run.CurrentAttempt is { Progress: { } progress } attempt ? ProgressText.AtRisk(progress, run.RateOf(attempt)) : null,
            Nodes = usage,
            Frozen = freezes.Sentences.Count == 0 ? null : string.Join(' ', freezes.Sentences),
            OtherFreezes = [.. freezes.Others.Select(other => other.Describe()!)],
            Error = run.Error,
        };
    }
}

/// <summary>A training job of a run.</summary>
public sealed record StatusJob
{
    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its nodes, for example <c>2 x ml.g5.xlarge</c>; null if they are not known.</summary>
    public string? Nodes { get; init; }

    /// <summary>Spot or on demand.</summary>
    public required Market Market { get; init; }

    /// <summary>When the service accepted it; null if it has not.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>SageMaker's status; null if the job was not seen yet.</summary>
    public string? Status { get; init; }

    /// <summary>SageMaker's secondary status; null if the job was not seen yet.</summary>
    public string? SecondaryStatus { get; init; }

    /// <summary>How it ended; null while it runs.</summary>
    public OutcomeKind? Outcome { get; init; }

    /// <summary>Interruptions.</summary>
    public required int Interruptions { get; init; }

    /// <summary>Last training step that a node reported; null if none did.</summary>
    public int? LastStep { get; init; }

    /// <summary>Its newest stall; null if none was noticed.</summary>
    public StallRecord? Stall { get; init; }

    /// <summary>Seconds billed; null before the service says so.</summary>
    public int? BillableSeconds { get; init; }

    /// <summary>Dollars; null is unknown.</summary>
    public Usd? CostUsd { get; init; }

    internal static StatusJob From(RunRecord run, AttemptRecord attempt) => new()
    {
        Number = attempt.Number,
        Name = attempt.JobName,
        Nodes = run.Job is null ? null : run.JobOf(attempt).Nodes(),
        Market = attempt.Market,
        SubmittedAt = attempt.SubmittedAt,
        Status = attempt.Status,
        SecondaryStatus = attempt.SecondaryStatus,
        Outcome = attempt.Outcome,
        Interruptions = JobInterruption.From(attempt.Transitions).Count,
        LastStep = attempt.LastStep,
        Stall = attempt.Stall,
        BillableSeconds = attempt.BillableSeconds,
        CostUsd = attempt.Cost,
    };
}
