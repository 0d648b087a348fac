using BuildPipeline.Training;

namespace BuildPipeline.Reporting;

/// <summary>What a training job does for a while.</summary>
public enum JobPhase
{
    /// <summary>Starting and waiting for capacity, interruptions included; not billed.</summary>
    Waiting,

    /// <summary>Fetching image, data and checkpoints.</summary>
    Downloading,

    /// <summary>The program runs.</summary>
    Training,

    /// <summary>Sending the model.</summary>
    Uploading,

    /// <summary>Ending.</summary>
    Stopping,
}

/// <summary>A stretch of time in one phase.</summary>
public sealed record JobPeriod(JobPhase Phase, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>How long it is.</summary>
    public TimeSpan Length => To - From;

    /// <summary>The periods of a job, oldest first, by its status transitions. An end state is none.</summary>
    /// <param name="attempt">The job.</param>
    /// <param name="now">A period that has not ended counts until then.</param>
    public static IReadOnlyList<JobPeriod> Calculate(AttemptRecord attempt, DateTimeOffset now) =>
    [
        .. from transition in attempt.Transitions
           let phase = PhaseOf(transition.Status)
           where phase is not null
           select new JobPeriod(phase.Value, transition.StartedAt, transition.EndedAt ?? now),
    ];

    private static JobPhase? PhaseOf(string status) => status switch
    {
        "Starting" or "Pending" or "Interrupted" or "Restarting" or "LaunchingMLInstances" or "PreparingTrainingStack" => JobPhase.Waiting,
        "Downloading" or "DownloadingTrainingImage" => JobPhase.Downloading,
        "Training" or "Updating" => JobPhase.Training,
        "Uploading" => JobPhase.Uploading,
        "Stopping" => JobPhase.Stopping,
        _ => null,
    };
}
