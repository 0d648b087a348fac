namespace BuildPipeline.Accounts;

/// <summary>How often the service is asked, and how long its silence is borne.</summary>
public sealed record PollingOptions
{
    /// <summary>Between two polls of a job.</summary>
    public required TimeSpan Poll { get; init; }

    /// <summary>The longest pause between two looks while the service throttles.</summary>
    public required TimeSpan MaxPollInterval { get; init; }

    /// <summary>Between two polls of the checkpoints in S3.</summary>
    public required TimeSpan Checkpoints { get; init; }

    /// <summary>Without any answer for this long, following ends with <see cref="ExitCode.StillRunning"/>.</summary>
    public required TimeSpan ContactTimeout { get; init; }

    /// <summary>As <see cref="ContactTimeout"/>, for failures that waiting seldom cures: refused or expired credentials, a job that is not found.</summary>
    public required TimeSpan Refused { get; init; }

    /// <summary>The shortest time between two synchronisations of a tracker while a job is followed.</summary>
    public required TimeSpan Tracking { get; init; }

    /// <summary>Between two publications of a run's metrics, and two readings of its nodes'.</summary>
    public required TimeSpan Metrics { get; init; }

    /// <summary>Pause before the log is read a last time after the end, since it arrives late.</summary>
    public required TimeSpan LogFlushDelay { get; init; }

    /// <summary>How long the rest of an ended job's log is asked for while the service throttles.</summary>
    public required TimeSpan LogPatience { get; init; }

    /// <summary>First pause before a submission is tried again; each later one is longer.</summary>
    public required TimeSpan Retry { get; init; }

    /// <summary>How many times faster than on AWS spot capacity comes and goes: the sandbox's days pass in minutes.</summary>
    public required double MarketSpeed { get; init; }

    /// <summary>From a submission until the program trains: capacity, image and data. A run measures its own from its first start on.</summary>
    public required TimeSpan ExpectedRestart { get; init; }

    /// <summary>From the request to stop a job until it has ended: on AWS all the time that SageMaker gives a program to save.</summary>
    public required TimeSpan ExpectedStop { get; init; }

    /// <summary>How long credentials that nothing renews have to last at least when an apply or the upload for a job starts.</summary>
    public required TimeSpan CredentialReserve { get; init; }

    /// <summary>A job that has not saved for less than this has not stalled, however often it saves.</summary>
    public required TimeSpan ShortestStall { get; init; }

    /// <summary>From the start of the process that is to move a run until it has read the run and can decide.</summary>
    public required TimeSpan DriverStart { get; init; }

    /// <summary>Slow and patient.</summary>
    public static PollingOptions Aws { get; } = new()
    {
        Poll = TimeSpan.FromSeconds(15),
        MaxPollInterval = TimeSpan.FromMinutes(2),
        Checkpoints = TimeSpan.FromMinutes(1),
        ContactTimeout = TimeSpan.FromMinutes(30),
        Refused = TimeSpan.FromMinutes(2),
        Tracking = TimeSpan.FromSeconds(30),
        Metrics = TimeSpan.FromMinutes(1),
        LogFlushDelay = TimeSpan.FromSeconds(10),
        LogPatience = TimeSpan.FromMinutes(3),
        Retry = TimeSpan.FromSeconds(2),
        MarketSpeed = 1,
        ExpectedRestart = TimeSpan.FromMinutes(6),
        ExpectedStop = TimeSpan.FromMinutes(2),
        CredentialReserve = TimeSpan.FromMinutes(20),
        ShortestStall = TimeSpan.FromMinutes(5),
        DriverStart = TimeSpan.FromSeconds(5),
    };

    /// <summary>Quick.</summary>
    public static PollingOptions Sandbox { get; } = new()
    {
        Poll = TimeSpan.FromSeconds(1),
        MaxPollInterval = TimeSpan.FromSeconds(5),
        Checkpoints = TimeSpan.FromSeconds(1),
        ContactTimeout = TimeSpan.FromMinutes(1),
        Refused = TimeSpan.FromSeconds(10),
        Tracking = TimeSpan.FromSeconds(2),
        Metrics = TimeSpan.FromSeconds(5),
        LogFlushDelay = TimeSpan.Zero,
        LogPatience = TimeSpan.FromMinutes(1),
        Retry = TimeSpan.FromMilliseconds(200),
        MarketSpeed = 240,
        ExpectedRestart = TimeSpan.FromSeconds(3),
        ExpectedStop = TimeSpan.FromSeconds(2),
        CredentialReserve = TimeSpan.FromSeconds(5),
        ShortestStall = TimeSpan.FromSeconds(30),
        DriverStart = TimeSpan.FromSeconds(5),
    };
}
