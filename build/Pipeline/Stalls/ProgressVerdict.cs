namespace BuildPipeline.Stalls;

/// <summary>How a job gets on.</summary>
public enum ProgressState
{
    /// <summary>As the run did before, or nothing is expected of it now.</summary>
    Fine,

    /// <summary>A checkpoint is late, or a step takes twice as long as before.</summary>
    Slow,

    /// <summary>No checkpoint for three times the time in which one is due.</summary>
    Stalled,
}

/// <summary>Why it does not get on, as far as the log tells.</summary>
public enum StallCause
{
    /// <summary>Steps are logged and no checkpoint comes: the program does not save, or what it saves does not reach S3.</summary>
    NotSaved,

    /// <summary>No step is logged either: the program hangs.</summary>
    NoSteps,

    /// <summary>Checkpoints come, but steps take twice as long as before.</summary>
    SlowSteps,
}

/// <summary>How a run's job gets on, judged by the newest complete checkpoint and the run's own rhythm.</summary>
public sealed record ProgressVerdict
{
    /// <summary>The judgement.</summary>
    public required ProgressState State { get; init; }

    /// <summary>Why it does not get on; null if it does, or that is not known.</summary>
    public StallCause? Cause { get; init; }

    /// <summary>What was seen, for people; null if it gets on.</summary>
    public string? Why { get; init; }

    /// <summary>When this was judged.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Step of the newest checkpoint; null if there is none.</summary>
    public int? CheckpointStep { get; init; }

    /// <summary>When the newest checkpoint came; null if there is none.</summary>
    public DateTimeOffset? CheckpointAt { get; init; }

    /// <summary>Seconds of training that an interruption now would lose: since the newest checkpoint, or since the job trains again.</summary>
    public required double AtRiskSeconds { get; init; }

    /// <summary>Seconds in which a checkpoint is due; null if no rhythm is known, or the job does not train.</summary>
    public double? DueSeconds { get; init; }

    /// <summary>When the job is a stall, if no checkpoint comes before; null as <see cref="DueSeconds"/>.</summary>
    public DateTimeOffset? StalledAt { get; init; }

    /// <summary>When the training is done at its own pace; null if it is not known, does not train, or is stalled.</summary>
    public DateTimeOffset? DoneAt { get; init; }
}
