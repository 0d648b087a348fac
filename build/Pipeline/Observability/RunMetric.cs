using BuildPipeline.Jobs;

namespace BuildPipeline.Observability;

/// <summary>A value that is published on a run.</summary>
/// <param name="Name">Name of the metric, one of <see cref="Names"/>.</param>
/// <param name="Value">The value.</param>
/// <param name="Unit">CloudWatch's unit: <c>Count</c>, <c>Percent</c> or <c>Seconds</c>.</param>
public sealed record RunMetric(string Name, double Value, string Unit)
{
    /// <summary>1 for each minute in which the pipeline follows the run.</summary>
    public const string Heartbeat = "Heartbeat";

    /// <summary>Time since the first submission, percent of the time to the end that the gate expected.</summary>
    public const string ElapsedAgainstPlanned = "ElapsedAgainstPlanned";

    /// <summary>Seconds since the newest complete checkpoint, or since the job trains again, whichever is later; only while it trains.</summary>
    public const string CheckpointAge = "CheckpointAge";

    /// <summary>The same, percent of the time in which by the run's own rhythm a checkpoint is due; from 300 on the job has stalled.</summary>
    public const string CheckpointAgeAgainstRhythm = "CheckpointAgeAgainstRhythm";

    /// <summary>Time on nodes that was productive so far, percent; after an hour on nodes, and not while the job is stalled.</summary>
    public const string Goodput = "Goodput";

    /// <summary>Last step that a node reported.</summary>
    public const string Step = "Step";

    /// <summary>Dollars that the run's jobs have cost at most, percent of the approved amount.</summary>
    public const string SpendAgainstCeiling = "SpendAgainstCeiling";

    /// <summary>How often spot capacity was taken away within the last hour.</summary>
    public const string Interruptions = "Interruptions";

    /// <summary>Use of the GPUs of all nodes, percent of what they have.</summary>
    public const string GpuUtilization = "GpuUtilization";

    /// <summary>CloudWatch's namespace of the metrics.</summary>
    public const string Namespace = "TrainingPipeline";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Heartbeat, ElapsedAgainstPlanned, CheckpointAge, CheckpointAgeAgainstRhythm, Goodput, Step, SpendAgainstCeiling, Interruptions, GpuUtilization];
}

/// <summary>Whose values they are.</summary>
/// <param name="Environment">Base of the jobs' names, <c>name_prefix-environment</c>, which is unique in an account and region.</param>
/// <param name="Team">The team that pays.</param>
/// <param name="RunId">The run.</param>
public sealed record ObservedRun(string Environment, string Team, string RunId)
{
    /// <summary>The run of a job.</summary>
    public static ObservedRun From(TrainingJobSpec job, string runId) => new(job.Name, job.Team, runId);
}
