using BuildPipeline.Checkpoints;
using BuildPipeline.JobLogs;
using BuildPipeline.Spot;
using BuildPipeline.Stalls;

namespace BuildPipeline.Training;

/// <summary>How a training job ended, judged by its secondary status, not by "Stopped".</summary>
public enum OutcomeKind
{
    /// <summary>Ended with a model.</summary>
    Completed,

    /// <summary>The training program or its data failed.</summary>
    Failed,

    /// <summary>AWS had no capacity.</summary>
    NoCapacity,

    /// <summary>A service quota is too small.</summary>
    Quota,

    /// <summary>Its running time was used up.</summary>
    MaxRuntime,

    /// <summary>Its waiting time was used up.</summary>
    MaxWait,

    /// <summary>Somebody stopped it.</summary>
    Stopped,

    /// <summary>The pipeline stopped it to continue in another job from its last checkpoint: in the other market, or after a stall.</summary>
    Moved,

    /// <summary>A node could not read a secret of <c>secret_environment</c>.</summary>
    SecretUnavailable,
}

/// <summary>One training job of a run, recorded before it is submitted and after each poll.</summary>
public sealed record AttemptRecord
{
    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }

    /// <summary>The job's name, which is also the idempotency key.</summary>
    public required string JobName { get; init; }

    /// <summary>Spot or on demand.</summary>
    public required Market Market { get; init; }

    /// <summary>The node option that it is on; 1 is the job's own instance type.</summary>
    public int NodeOption { get; init; } = 1;

    /// <summary>When the intent to submit was recorded.</summary>
    public required DateTimeOffset IntentAt { get; init; }

    /// <summary>When the service accepted the job, or when it was adopted.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>True if the job already existed with this run's own tags and was taken over.</summary>
    public bool Adopted { get; init; }

    /// <summary>The service's name of the job.</summary>
    public string? JobArn { get; init; }

    /// <summary>Seconds of running time that were bought with the approved dollars.</summary>
    public required int MaxRuntimeSeconds { get; init; }

    /// <summary>How often the job was asked to save.</summary>
    public CheckpointChoice? Checkpoints { get; init; }

    /// <summary>The market that the pipeline has decided to continue in, after a stall its own; recorded before the job is stopped.</summary>
    public Market? MovingTo { get; init; }

    /// <summary>Last training step that is known: one that a node reported, or, of a job that has ended, that of its newest checkpoint; null if none is.</summary>
    public int? LastStep { get; init; }

    /// <summary>Complete checkpoints that the run had in the bucket when the job was last seen; null if they were not read.</summary>
    public int? KeptCheckpoints { get; init; }

    /// <summary>How it got on when that was last recorded; null if it was not.</summary>
    public ProgressVerdict? Progress { get; init; }

    /// <summary>Its newest stall; null if none was noticed.</summary>
    public StallRecord? Stall { get; init; }

    /// <summary>Last seen status.</summary>
    public string? Status { get; init; }

    /// <summary>Last seen secondary status.</summary>
    public string? SecondaryStatus { get; init; }

    /// <summary>The service's reason of a failure.</summary>
    public string? FailureReason { get; init; }

    /// <summary>Where the program failed, the last log lines of the node it failed on.</summary>
    public FailureLog? FailureLog { get; init; }

    /// <summary>Secondary status transitions, oldest first.</summary>
    public IReadOnlyList<StatusTransition> Transitions { get; init; } = [];

    /// <summary>Seconds trained, as the service counts them.</summary>
    public int? TrainingSeconds { get; init; }

    /// <summary>Seconds billed, as the service counts them; on spot the discount is in them.</summary>
    public int? BillableSeconds { get; init; }

    /// <summary>The part of the on-demand price that managed spot saved, 0 to 1: the training seconds that were not billed; null is unknown.</summary>
    public double? SpotSavings => TrainingSeconds is > 0 and var trained && BillableSeconds is { } billed ? (trained - billed) / (double)trained : null;

    /// <summary>Billable seconds x nodes x on-demand rate, dollars; null is unknown.</summary>
    public Usd? Cost { get; init; }

    /// <summary>How it ended; null while it runs.</summary>
    public OutcomeKind? Outcome { get; init; }

    /// <summary>One sentence on the end.</summary>
    public string? OutcomeSentence { get; init; }

    /// <summary>Where the model archive is, <c>s3://</c>.</summary>
    public string? ModelArtifacts { get; init; }

    /// <summary>Final metrics as the service reports them, 32-bit.</summary>
    public IReadOnlyDictionary<string, double> ServiceMetrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Dollars of those attempts together; null if one is not known, $0 if there are none.</summary>
    public static Usd? CostOf(IEnumerable<AttemptRecord> attempts) =>
        attempts.Aggregate((Usd?)Usd.Zero, (sum, attempt) => sum + attempt.Cost);
}

/// <summary>A stretch of time in one secondary status.</summary>
public sealed record StatusTransition(string Status, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Message);
