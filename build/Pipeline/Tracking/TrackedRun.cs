using BuildPipeline.JobLogs;

namespace BuildPipeline.Tracking;

/// <summary>How a tracked run stands; the states of MLflow.</summary>
public enum TrackedState
{
    /// <summary>A job runs, or the next one is to come.</summary>
    Running,

    /// <summary>The training is complete, and its evidence holds or is not judged yet.</summary>
    Finished,

    /// <summary>The training did not complete, or its evidence does not hold.</summary>
    Failed,

    /// <summary>Somebody stopped it.</summary>
    Killed,
}

/// <summary>The whole picture of a run as a tracker gets it: a function of the run's record and its log, so any process that sends it sends the same.</summary>
public sealed record TrackedRun
{
    /// <summary>The tag by which a tracker knows the run again.</summary>
    public const string RunIdTag = "pipeline.run_id";

    /// <summary>The run's ID.</summary>
    public required string RunId { get; init; }

    /// <summary>What people see: the name of its first job.</summary>
    public required string Name { get; init; }

    /// <summary>When the run started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How it stands.</summary>
    public required TrackedState State { get; init; }

    /// <summary>When its last job ended; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What was approved and never changes: hyperparameters, nodes, image, limits.</summary>
    public required IReadOnlyDictionary<string, string> Params { get; init; }

    /// <summary>What can change: commit, digest, approver, jobs, artifacts, cost.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>All values of the metrics, over all jobs. Where a resumed job repeats steps, both values are there, each with its time.</summary>
    public IReadOnlyList<MetricPoint> Metrics { get; init; } = [];

    /// <summary>The model to register; null if there is none.</summary>
    public TrackedModel? Model { get; init; }
}

/// <summary>A model that passed validation.</summary>
/// <param name="Name">Name of the registered model.</param>
/// <param name="Source">The model archive, <c>s3://</c>.</param>
public sealed record TrackedModel(string Name, string Source);
