using BuildPipeline.Goodput;
using BuildPipeline.Observability;
using BuildPipeline.Runs;
using BuildPipeline.Stalls;
using BuildPipeline.Training;

namespace BuildPipeline.Reporting;

/// <summary>A run as its metrics show it, and the alarms on them.</summary>
public static class RunMetricsView
{
    /// <summary>Before, a start or an interruption is most of the time.</summary>
    private static readonly TimeSpan SoonestGoodput = TimeSpan.FromHours(1);

    private static readonly TimeSpan Lately = TimeSpan.FromHours(1);

    /// <summary>The values of a run; what is not known, or means nothing at the time, is left out.</summary>
    /// <param name="run">The run, which this process follows.</param>
    /// <param name="progress">The newest look at its job; null if there was none, or the job of that look has ended.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<RunMetric> Create(RunRecord run, JobProgress? progress, DateTimeOffset now)
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
        if (progress.Verdict is { DueSeconds: { } due } verdict)
        {
            var age = verdict.AtRiskSeconds + Math.Max(0, (now - verdict.At).TotalSeconds);
            Add(RunMetric.CheckpointAge, "Seconds", age);
            Add(RunMetric.CheckpointAgeAgainstRhythm, "Percent", 100 * age / due);
        }

        Add(RunMetric.Goodput, "Percent", Goodput(run, progress, now));
        return metrics;
    }

    // What is at risk counts as productive as long as it is not lost. A stall has its own alarm.
    private static double? Goodput(RunRecord run, JobProgress progress, DateTimeOffset now) =>
        progress.Verdict is { State: not ProgressState.Stalled } verdict
        && GoodputSoFar.Calculate(run.Attempts, SavedWork.From(progress.Manifests, []), verdict.AtRiskSeconds, now) is var (productive, onNodes) && onNodes >= SoonestGoodput
            ? 100 * productive / onNodes
            : null;
}
