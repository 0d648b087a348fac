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
        var periods = run.Attempts.SelectMany(attempt => JobPeriod.Calculate(attempt, now)).ToLookup(period => period.Phase, period => period.Length);
        TimeSpan In(JobPhase phase) => periods[phase].Aggregate(TimeSpan.Zero, (sum, length) => sum + length);
        return new TimeSplit(In(JobPhase.Waiting), In(JobPhase.Downloading), In(JobPhase.Training), In(JobPhase.Uploading), In(JobPhase.Stopping));
    }
}
