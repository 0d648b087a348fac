using BuildPipeline.Observability;
using BuildPipeline.Runs;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting;

/// <summary>A run as its metrics show it, and the alarms on them.</summary>
public static class RunMetricsView
{
    /// <summary>Metrics are by the minute, so nothing is due sooner.</summary>
    private static readonly TimeSpan SoonestDue = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Lately = TimeSpan.FromHours(1);

    /// <summary>The values of a run; what is not known, or means nothing at the time, is left out.</summary>
    /// <param name="run">The run, which this process follows.</param>
    /// <param name="progress">The newest look at its job; null if there was none, or the job of that look has ended.</param>
    /// <param name="expectedRestart">From the start of the program until it trains.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<RunMetric> Create(RunRecord run, JobProgress? progress, TimeSpan expectedRestart, DateTimeOffset now)
    {
        var metrics = new List<RunMetric> { new(RunMetric.Heartbeat, 1, "Count") };
        void Add(string name, string unit, double? value)
        {
            if (value is { } known && double.IsFinite(known))
            {
                metrics.Add(new RunMetric(name, known, unit));
            }
        }

        if (run is not { HasOpenJob: true, CurrentAttempt: { } attempt } || run.Attempts[0].SubmittedAt is not { } submittedAt)
        {
            return metrics;
        }

        Add(RunMetric.ElapsedAgainstPlanned, "Percent", 100 * (now - submittedAt).TotalSeconds / run.Cost?.CostSimulation?.FinishSeconds);
        Add(RunMetric.Interruptions, "Count", run.Attempts.SelectMany(attempt => JobInterruption.From(attempt.Transitions)).Count(seen => seen.Cause == InterruptionCause.Spot && seen.At > now - Lately));
        if (progress is null || progress.JobName != attempt.JobName)
        {
            return metrics;
        }

        Add(RunMetric.Step, "Count", progress.Step);
        Add(RunMetric.SpendAgainstCeiling, "Percent", progress is { Spend: { } spend, Ceiling: { Amount: > 0 } ceiling } ? (double)(100 * spend.Amount / ceiling.Amount) : null);
        Add(RunMetric.GpuUtilization, "Percent", NodeUtilization.MeanGpu(progress.Utilization));
        if (CheckpointAge(attempt, progress, now) is var (age, interval))
        {
            var due = interval + expectedRestart;
            Add(RunMetric.CheckpointAge, "Seconds", age.TotalSeconds);
            Add(RunMetric.CheckpointAgeAgainstPlanned, "Percent", 100 * age / (due > SoonestDue ? due : SoonestDue));
        }

        return metrics;
    }

    // A job that waits for capacity, or loads its data, cannot save; and one that is asked for no checkpoints does not.
    private static (TimeSpan Age, TimeSpan Interval)? CheckpointAge(AttemptRecord attempt, JobProgress progress, DateTimeOffset now)
    {
        if (attempt is not { SecondaryStatus: "Training", Transitions: [.., { Status: "Training", StartedAt: var trainsSince }], Checkpoints: { IntervalSeconds: > 0 } asked })
        {
            return null;
        }

        var since = progress.CheckpointAt is { } saved && saved > trainsSince ? saved : trainsSince;
        return (now > since ? now - since : TimeSpan.Zero, TimeSpan.FromSeconds(asked.IntervalSeconds));
    }
}
