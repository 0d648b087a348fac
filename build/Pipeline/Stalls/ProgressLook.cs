namespace BuildPipeline.Stalls;

/// <summary>A complete checkpoint that came into the bucket.</summary>
/// <param name="Step">The step that it saves.</param>
/// <param name="At">When its manifest came.</param>
public sealed record SavedStep(int Step, DateTimeOffset At);

/// <summary>A stretch of time in which the program ran.</summary>
/// <param name="From">When the job's status became Training.</param>
/// <param name="To">When it was another; null while it trains.</param>
public sealed record TrainingPeriod(DateTimeOffset From, DateTimeOffset? To)
{
    /// <summary>True if that moment is in it.</summary>
    public bool Has(DateTimeOffset moment) => moment >= From && moment <= (To ?? DateTimeOffset.MaxValue);
}

/// <summary>What is known of the progress of a run's job at one moment.</summary>
public sealed record ProgressLook
{
    /// <summary>The moment.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>When the run's jobs trained, oldest first. Starting, restarting and waiting for capacity are the time between.</summary>
    public required IReadOnlyList<TrainingPeriod> Training { get; init; }

    /// <summary>Complete checkpoints of the run as far as they were seen, oldest first.</summary>
    public required IReadOnlyList<SavedStep> Saved { get; init; }

    /// <summary>Seconds between two checkpoints that the program is asked for, or says that it keeps to; null or 0 if there is no such time.</summary>
    public double? AskedSeconds { get; init; }

    /// <summary>From the start of the program until it trains.</summary>
    public required TimeSpan ExpectedRestart { get; init; }

    /// <summary>A shorter silence is no stall, however fast the run's rhythm.</summary>
    public required TimeSpan ShortestStall { get; init; }

    /// <summary>Last step of the whole training; null is unknown.</summary>
    public int? TotalSteps { get; init; }

    /// <summary>What the log says of steps; null if nobody reads it.</summary>
    public LoggedSteps? Log { get; init; }
}

/// <summary>What who reads the log has seen of steps.</summary>
/// <param name="Since">Since when it is read.</param>
/// <param name="Step">The last step; null if there is none.</param>
/// <param name="ChangedAt">When it was seen to change; null if it was not.</param>
public sealed record LoggedSteps(DateTimeOffset Since, int? Step, DateTimeOffset? ChangedAt)
{
    /// <summary>With the step of a later look.</summary>
    public LoggedSteps Saw(int? step, DateTimeOffset now) => step == Step ? this : this with { Step = step, ChangedAt = Step is null ? ChangedAt : now };
}
