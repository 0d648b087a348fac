using BuildPipeline.Runs;

namespace BuildPipeline.Reporting;

/// <summary>Where the time of a run's jobs went, by secondary status.</summary>
/// <param name="Waiting">Starting and waiting for capacity, interruptions included; not billed.</param>
/// <param name="Downloading">Fetching image, data and checkpoints.</param>
/// <param name="Training">The program ran.</param>
/// <param name="Uploading">Sending the model.</param>
/// <param name="Stopping">Ending.</param>
public sealed record TimeSplit(TimeSpan Waiting, TimeSpan Downloading, TimeSpan Training, TimeSpan Uploading, TimeSpan Stopping)
{
    /// <summary>All of it.</summary>
    public TimeSpan Total => Waiting + Downloading + Training + Uploading + Stopping;

    /// <summary>Adds up the transitions of all attempts; one that has not ended counts until <paramref name="now"/>.</summary>
    public static TimeSplit Calculate(RunRecord run, DateTimeOffset now)
    {
        var transitions = run.Attempts.SelectMany(attempt => attempt.Transitions).ToList();
        TimeSpan In(params string[] statuses) => transitions
            .Where(transition => statuses.Contains(transition.Status))
            .Aggregate(TimeSpan.Zero, (sum, transition) => sum + ((transition.EndedAt ?? now) - transition.StartedAt));
        return new TimeSplit(
            In("Starting", "Pending", "Interrupted", "Restarting", "LaunchingMLInstances", "PreparingTrainingStack"),
            In("Downloading", "DownloadingTrainingImage"),
            In("Training", "Updating"),
            In("Uploading"),
            In("Stopping"));
    }
}
