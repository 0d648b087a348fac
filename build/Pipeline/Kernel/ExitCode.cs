namespace BuildPipeline.Kernel;

/// <summary>What the process ends with; scripts and workflows rely on these numbers.</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>Failed: a tool, a service or the training program itself.</summary>
    Failed = 1,

    /// <summary>A bad option or a bad configuration; nothing was started.</summary>
    BadConfiguration = 2,

    /// <summary>Refused by the cost gate.</summary>
    Refused = 3,

    /// <summary>The approval is missing or void.</summary>
    NotApproved = 4,

    /// <summary>No capacity or no quota.</summary>
    NoCapacity = 5,

    /// <summary>The job stopped short: its running or waiting time was used up, or somebody stopped it.</summary>
    StoppedShort = 6,

    /// <summary>The job ended, but its evidence does not hold.</summary>
    ValidationFailed = 7,

    /// <summary>A run is still running; call again.</summary>
    StillRunning = 75,
}
