using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using BuildPipeline.Sandbox.SageMaker.Requests;
using BuildPipeline.Sandbox.SageMaker.Spot;

namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>All that is known of one training job, as it is stored.</summary>
/// <param name="Submitted">The request as it came, for the answers that echo it.</param>
/// <param name="Spot">The spot schedule that it was submitted under.</param>
internal sealed record TrainingJob(
    string Name, string Arn, JsonObject Submitted, SpotSchedule Spot, DateTimeOffset CreationTime, IReadOnlyList<Tag> Tags)
{
    /// <summary>Longest FailureReason, characters.</summary>
    public const int MaxFailureReason = 1024;

    /// <summary>StatusMessage of the status Starting.</summary>
    public const string StartMessage = "Starting the training job";

    private readonly Lazy<TrainingJobRequest> _request = new(() => Submitted.Deserialize<TrainingJobRequest>()!);

    public JobStatus Status { get; init; } = JobStatus.InProgress;

    public DateTimeOffset LastModifiedTime { get; init; } = CreationTime;

    public IReadOnlyList<Transition> Transitions { get; init; } = [new(Phase.Starting, CreationTime, null, StartMessage)];

    /// <summary>What a stopping job ends as: Stopped, MaxRuntimeExceeded or MaxWaitTimeExceeded.</summary>
    public Phase? StopPhase { get; init; }

    /// <summary>When the sandbox last worked on the job: a restart counts as an interruption from then on.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    public string? FailureReason { get; init; }

    public DateTimeOffset? TrainingStartTime { get; init; }

    public DateTimeOffset? TrainingEndTime { get; init; }

    public string? ModelArtifacts { get; init; }

    /// <summary>How often instances were launched for it.</summary>
    public int Attempts { get; init; }

    /// <summary>How often it was started again after an InternalServerError.</summary>
    public int Retries { get; init; }

    /// <summary>How many of the schedule's interruptions have happened.</summary>
    public int InterruptionsTaken { get; init; }

    /// <summary>Manifests of checkpoints that appeared in S3, each once.</summary>
    public IReadOnlyList<string>? Checkpoints { get; init; }

    public IReadOnlyList<FinalMetric>? FinalMetrics { get; init; }

    [JsonIgnore]
    public TrainingJobRequest Request => _request.Value;

    /// <summary>The region that it was submitted to.</summary>
    [JsonIgnore]
    public string Region => Arn.Split(':')[3];

    [JsonIgnore]
    public Phase Phase => Transitions[^1].Status;

    [JsonIgnore]
    public bool IsOver => Status is JobStatus.Completed or JobStatus.Failed or JobStatus.Stopped;

    /// <summary>
    /// Time that counts against MaxRuntime and that AWS calls TrainingTimeInSeconds: whenever the job has instances. A stopped job has
    /// them until its model is uploaded; waiting for instances is left out.
    /// </summary>
    public TimeSpan WorkedTime(DateTimeOffset now) => Transitions.Index()
        .Where(transition => HasInstances(transition.Index))
        .Aggregate(TimeSpan.Zero, (sum, transition) => sum + transition.Item.Length(now));

    /// <summary>Whole seconds worked, rounded up; null if no instance ever worked.</summary>
    public int? TrainingTimeInSeconds(DateTimeOffset now) =>
        TrainingStartTime is null ? null : Math.Max(1, (int)Math.Ceiling(WorkedTime(now).TotalSeconds));

    /// <summary>Seconds that the on-demand rate is charged for: spot's discount comes as fewer seconds, not as a lower rate.</summary>
    public int? BillableTimeInSeconds(DateTimeOffset now) => TrainingTimeInSeconds(now) is not { } worked ? null
        : Request.EnableManagedSpotTraining ? Math.Max(1, (int)Math.Ceiling(worked * (1 - Spot.Discount)))
        : worked;

    private bool HasInstances(int transition) => Transitions[transition].Status switch
    {
        Phase.Downloading or Phase.Training or Phase.Uploading => true,
        Phase.Stopping => transition > 0 && HasInstances(transition - 1),
        _ => false,
    };

    /// <summary>The next interruption of the schedule; null without one, and on demand.</summary>
    [JsonIgnore]
    public Interruption? NextInterruption => Request.EnableManagedSpotTraining && Spot.Planned.Skip(InterruptionsTaken).FirstOrDefault() is { } text
        ? Interruption.Parse(text)
        : null;

    /// <summary>True if the RetryStrategy has an attempt left for an InternalServerError.</summary>
    [JsonIgnore]
    public bool CanRetry => Retries < (Request.RetryStrategy?.MaximumRetryAttempts ?? 0);

    /// <summary>Starts again after an InternalServerError. The service model of RetryStrategy: the status is then Starting.</summary>
    public TrainingJob Retry(DateTimeOffset now) => Enter(Phase.Starting, StartMessage, now) with { Retries = Retries + 1 };

    /// <summary>Goes into a phase, which ends the one before.</summary>
    public TrainingJob Enter(Phase phase, string message, DateTimeOffset now) => this with
    {
        Transitions = [.. Transitions.SkipLast(1), Transitions[^1] with { EndTime = now }, new(phase, now, null, message)],
        TrainingStartTime = phase == Phase.Downloading ? TrainingStartTime ?? now : TrainingStartTime,
        LastModifiedTime = now,
        LastSeen = now,
    };

    /// <summary>Says something new of the phase that the job is in.</summary>
    public TrainingJob Say(string message, DateTimeOffset now) => this with
    {
        Transitions = [.. Transitions.SkipLast(1), Transitions[^1] with { StatusMessage = message }],
        LastModifiedTime = now,
    };

    /// <summary>Starts to stop; what the job will end as is known from the start.</summary>
    public TrainingJob BeginStop(Phase end, DateTimeOffset now) =>
        Enter(Phase.Stopping, "Stopping the training job", now) with { Status = JobStatus.Stopping, StopPhase = end };

    /// <summary>Ends for good.</summary>
    public TrainingJob Finish(JobStatus status, Phase phase, string message, DateTimeOffset now)
    {
        var entered = Enter(phase, message, now);
        return entered with
        {
            Status = status,
            Transitions = [.. entered.Transitions.SkipLast(1), entered.Transitions[^1] with { EndTime = now }],
            TrainingEndTime = TrainingStartTime is null ? null : now,
        };
    }

    public TrainingJob Fail(string reason, DateTimeOffset now) =>
        Finish(JobStatus.Failed, Phase.Failed, "Training job failed", now) with
        {
            FailureReason = reason.Length > MaxFailureReason ? reason[..MaxFailureReason] : reason,
        };
}
