using BuildPipeline.Checkpoints;
using BuildPipeline.JobLogs;
using BuildPipeline.Observability;
using BuildPipeline.Stalls;

namespace BuildPipeline.Training;

/// <summary>What one poll of a training job showed.</summary>
public sealed record JobProgress
{
    /// <summary>The job's name.</summary>
    public required string JobName { get; init; }

    /// <summary>Its nodes, for example <c>2 x ml.g5.xlarge</c>.</summary>
    public string? Nodes { get; init; }

    /// <summary>Status, for example <c>InProgress</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Secondary status, for example <c>Training</c>; passed through as the service gives it.</summary>
    public required string SecondaryStatus { get; init; }

    /// <summary>The service's words on the newest transition; for people only.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>The state of the capacity in a few words.</summary>
    public required string CapacityState { get; init; }

    /// <summary>How often spot capacity was reclaimed so far.</summary>
    public int Interruptions { get; init; }

    /// <summary>How often AWS has started the job again after an internal error so far.</summary>
    public int Retries { get; init; }

    /// <summary>Last step that a node reported; it goes back where a restart repeats steps.</summary>
    public int? Step { get; init; }

    /// <summary>Last step of the whole training, once a checkpoint tells it.</summary>
    public int? TotalSteps { get; init; }

    /// <summary>Last training loss that a node reported.</summary>
    public double? Loss { get; init; }

    /// <summary>Last throughput that a node reported, tokens a second.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Step of the newest complete checkpoint.</summary>
    public int? CheckpointStep { get; init; }

    /// <summary>How the job gets on, by its newest complete checkpoint.</summary>
    public ProgressVerdict? Verdict { get; init; }

    /// <summary>The manifests of the complete checkpoints that the bucket holds.</summary>
    public IReadOnlyList<ReadManifest> Manifests { get; init; } = [];

    /// <summary>Complete checkpoints seen, those that were rotated away meanwhile included.</summary>
    public int CheckpointCount { get; init; }

    /// <summary>How much of their GPUs and memory the nodes use; empty if that is not known.</summary>
    public IReadOnlyList<NodeUtilization> Utilization { get; init; } = [];

    /// <summary>Since the service accepted the job.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>On-demand rate of its nodes, dollars an hour; null is unknown.</summary>
    public Usd? RatePerHour { get; init; }

    /// <summary>Dollars that the run's jobs cost at most so far: time on the nodes at the on-demand rate, which the service's bill is never above; null is unknown.</summary>
    public Usd? Spend { get; init; }

    /// <summary>Dollars that the run's jobs cost by the service's bill, once the job has ended; null before, or unknown.</summary>
    public Usd? Billed { get; init; }

    /// <summary>The approved dollars; null is unknown.</summary>
    public Usd? Ceiling { get; init; }

    /// <summary>What the run's jobs cost, of what was approved.</summary>
    public string Spending => Billed is { } billed
        ? $"billed {billed} of {Format.Money(Ceiling)}"
        : $"spent at most {Format.Money(Spend)} of {Format.Money(Ceiling)}";

    /// <summary>Log lines of all nodes since the look before, in the order of time; at the first look only the newest.</summary>
    public IReadOnlyList<LogLine> NewLogLines { get; init; } = [];

    /// <summary>Why the last lines of an ended job could not be read; null if they were, or where the job still runs.</summary>
    public string? UnreadLog { get; init; }

    /// <summary>Why nothing new would be started now; null if spending is not frozen.</summary>
    public string? Frozen { get; init; }

    /// <summary>Sentences on what could not be read this time; the job itself keeps running.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}
