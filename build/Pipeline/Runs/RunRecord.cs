using System.Text.Json.Serialization;
using BuildPipeline.Accounts;
using BuildPipeline.Approvals;
using BuildPipeline.Budgets;
using BuildPipeline.Costing;
using BuildPipeline.Evidence;
using BuildPipeline.Goodput;
using BuildPipeline.Jobs;
using BuildPipeline.Policies;
using BuildPipeline.Spot;
using BuildPipeline.Stalls;
using BuildPipeline.Terraform;
using BuildPipeline.Tracking;
using BuildPipeline.Training;

namespace BuildPipeline.Runs;

/// <summary>The last step that a run has completed.</summary>
public enum RunStage
{
    /// <summary>Begun.</summary>
    Started,

    /// <summary>Terraform's plan is saved.</summary>
    Planned,

    /// <summary>Priced and let through by the gate.</summary>
    Priced,

    /// <summary>Approved.</summary>
    Approved,

    /// <summary>The infrastructure exists.</summary>
    Applied,

    /// <summary>The intent to submit a job is recorded, or the job runs.</summary>
    Launched,

    /// <summary>The job has ended.</summary>
    Trained,

    /// <summary>The evidence was judged.</summary>
    Validated,
}

/// <summary>All that is known of a run: <c>run.json</c>.</summary>
public sealed record RunRecord : ITrainingRun
{
    /// <summary>Version of the schema that this program writes.</summary>
    public const int CurrentSchema = 4;

    /// <summary>Version of the schema of this document: docs/reference/run.schema.json.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>Number of the event in the log that this record includes as its last; null if no log was read.</summary>
    public int? LastEvent { get; init; }

    /// <summary><c>yyyyMMdd-HHmmss-xxxx</c>, UTC.</summary>
    public required string RunId { get; init; }

    /// <summary>The Terraform environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Name of the job, whose variables are in <c>infra/jobs/NAME.tfvars</c>; null is the job of the environment's own file.</summary>
    public string? JobFile { get; init; }

    /// <summary>The sweep that it is a variant of; null if it is of none.</summary>
    public string? Sweep { get; init; }

    /// <summary>When the run started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The last stage that was reached.</summary>
    public RunStage Stage { get; init; }

    /// <summary>Commit of the checkout when the run started; null if there is none.</summary>
    public string? Commit { get; init; }

    /// <summary>True if the files differed from <see cref="Commit"/>; null if there is no commit, or an older version did not record it.</summary>
    public bool? UncommittedChanges { get; init; }

    /// <summary>The job: as planned until apply, then as applied.</summary>
    public TrainingJobSpec? Job { get; init; }

    /// <summary>The plan.</summary>
    public PlanRecord? Plan { get; init; }

    /// <summary>The price.</summary>
    public CostRecord? Cost { get; init; }

    /// <summary>Market policy and deadline; null until the run is priced.</summary>
    public RunTerms? Terms { get; init; }

    /// <summary>What an organisation's own rules said at the gate; null if none were asked.</summary>
    public PolicyCheck? PolicyCheck { get; init; }

    /// <summary>Other ways to do the work; null if none were compared.</summary>
    public WhatIfRecord? WhatIf { get; init; }

    /// <summary>What is put up for approval.</summary>
    public ApprovalSubject? Subject { get; init; }

    /// <summary>The approval.</summary>
    public ApprovalRecord? Approval { get; init; }

    /// <summary>When the time for approval and first submission was seen to be over, by the service's clock; from then on there is none.</summary>
    public DateTimeOffset? ApprovalExpiredAt { get; init; }

    /// <summary>When the apply started; null before.</summary>
    public DateTimeOffset? ApplyStartedAt { get; init; }

    /// <summary>What the run holds, or has taken, of its team's budget; null if no team has limits.</summary>
    public BudgetHold? Budget { get; init; }

    /// <summary>What is known of a job that Terraform alone submitted and that this run took over; null for a run of this pipeline.</summary>
    public AdoptedJob? Adopted { get; init; }

    /// <summary>Where the receipt is posted, as the call that first launched a job named it; null if it named nothing.</summary>
    public GitHubIssue? ReceiptIssue { get; init; }

    /// <summary>Whose commit status, check run and deployment show the run, as the call that first launched a job named it; null if it named nothing.</summary>
    public GitHubRevision? ReceiptCommit { get; init; }

    /// <summary>Training jobs, oldest first.</summary>
    public IReadOnlyList<AttemptRecord> Attempts { get; init; } = [];

    /// <summary>What the validator found.</summary>
    public EvidenceRecord? Evidence { get; init; }

    /// <summary>What the bill went into; null until the result is determined, or if a job has no bill.</summary>
    public GoodputRecord? Goodput { get; init; }

    /// <summary>How far the run was tracked when its result was determined; null if it has no tracking server.</summary>
    public TrackingRecord? Tracking { get; init; }

    /// <summary>When the result of the run was determined; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the run was closed: it has its result, its receipt is written, its ledger entry is settled. A closed run never changes.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>The exit code of the last target that worked on it; of a closed run, its result.</summary>
    public ExitCode? ExitCode { get; init; }

    /// <summary>The id of the failure, as docs/reference/errors.md lists it; null in records of older versions.</summary>
    public string? ErrorId { get; init; }

    /// <summary>The sentence of the failure.</summary>
    public string? Error { get; init; }

    /// <summary>The lines of the project's files that the failure is about, as far as they are known.</summary>
    public IReadOnlyList<SourcePlace> ErrorPlaces { get; init; } = [];

    /// <summary>Both, as they were printed; null if nothing failed.</summary>
    [JsonIgnore]
    public string? ErrorWithId => ErrorId is null ? Error : $"{ErrorId} {Error}";

    /// <inheritdoc/>
    [JsonIgnore]
    public string ArtifactFolder => Adopted?.ArtifactFolder ?? RunId;

    /// <summary>The newest training job.</summary>
    public AttemptRecord? CurrentAttempt => Attempts.Count == 0 ? null : Attempts[^1];

    /// <summary>Number of the next attempt. A record that was rebuilt from the jobs in the account can lack one that the service refused.</summary>
    public int NextAttemptNumber => (CurrentAttempt?.Number ?? 0) + 1;

    /// <summary>When the training has to be done; null means no deadline.</summary>
    public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>True if a job was, or may have been, submitted and its end is not recorded, or where its successor is still to come.</summary>
    public bool HasOpenJob => CurrentAttempt is not null && Fallbacks.Next(this) is not null;

    /// <summary>True if a newer version of the program has written the record: it can be shown, not driven.</summary>
    public bool IsNewer() => SchemaVersion > CurrentSchema;

    /// <summary>The state of the run.</summary>
    public RunState State => RunStates.From(this);

    /// <summary>True from the intent to submit a job until the run is closed.</summary>
    public bool IsOpen => CurrentAttempt is not null && ClosedAt is null;

    /// <summary>True once a job of this run was submitted, or refused by the service; what is submitted later is bound by the approved ceiling and deadline only.</summary>
    public bool HasSubmitted => Attempts.Any(attempt => attempt.SubmittedAt is not null || attempt.Outcome is not null);

    /// <summary>Dollars of all attempts; null if one is not known.</summary>
    public Usd? ActualCost => AttemptRecord.CostOf(Attempts);

    /// <summary>Policy, deadline and answer to stalls of the run: those that are recorded, otherwise the given ones, otherwise the default policy, the job's own deadline, and a warning.</summary>
    /// <param name="policy">Name of a market policy; null gives none.</param>
    /// <param name="deadline">Time from the first submission; null gives none.</param>
    /// <param name="onStall">What is done about a stall; null gives none.</param>
    public RunTerms TermsWith(string? policy = null, TimeSpan? deadline = null, OnStall? onStall = null) =>
        Terms ?? new(policy ?? MarketPolicies.Default, deadline?.TotalHours ?? Job!.DeadlineHours, onStall ?? OnStall.Warn);

    /// <inheritdoc/>
    public Usd? RateOf(AttemptRecord attempt) => Adopted is { } adopted ? adopted.RatePerHour : Cost?.RateOf(attempt.NodeOption);

    /// <summary>This record with the intent to submit its next job. The deadline counts from the first.</summary>
    public RunRecord WithIntent(AttemptRecord attempt) => this with
    {
        Attempts = [.. Attempts, attempt],
        Stage = RunStage.Launched,
        DeadlineAt = DeadlineAt ?? (TermsWith().DeadlineHours is { } hours ? attempt.IntentAt + TimeSpan.FromHours(hours) : null),
    };

    /// <summary>This record with its newest attempt replaced.</summary>
    public RunRecord WithCurrentAttempt(AttemptRecord attempt) => this with { Attempts = [.. Attempts.SkipLast(1), attempt] };

    /// <summary>This record with what the service says of its newest attempt; trained where that was its last job.</summary>
    public RunRecord WithSeenAttempt(AttemptRecord attempt) =>
        WithCurrentAttempt(attempt) is { HasOpenJob: false } ended ? ended with { Stage = RunStage.Trained } : WithCurrentAttempt(attempt);
}
