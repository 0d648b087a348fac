using System.Globalization;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;

namespace BuildPipeline.Checkpoints;

/// <summary>What a run has measured of its saves and interruptions.</summary>
/// <param name="StallSeconds">Seconds that the newest save held training up.</param>
/// <param name="RanSeconds">Seconds of training in all starts so far.</param>
/// <param name="Starts">Those starts; each has ended.</param>
/// <param name="Step">Step of the checkpoint that says so.</param>
public sealed record RunHistory(double StallSeconds, double RanSeconds, int Starts, int Step);

/// <summary>Chooses how often a job saves, where its configuration leaves that to the pipeline.</summary>
/// <remarks>The training programs correct the choice by the same formula and bounds at each restart (docs/checkpoints.md).</remarks>
public static class CheckpointChooser
{
    /// <summary>The interval is at least so many times the stall, however short the times between interruptions seem: what a run has seen of them is a lower bound.</summary>
    public const double LeastStalls = 10;

    /// <summary>No interval is shorter.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>No interval is longer, unless the stall asks for it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    // SageMaker lets no job run for longer.
    private static readonly TimeSpan LongestGiven = TimeSpan.FromDays(28);

    private const string IntervalSetting = "checkpoint_interval_seconds";

    /// <summary>The choice before the run has started.</summary>
    public static CheckpointChoice Choose(TrainingJobSpec job, PriceSnapshot prices)
    {
        var (stall, timeBetweenInterruptions) = (JobAssumptions.Stall(job, prices).TotalSeconds, TimeBetweenInterruptions(job, prices));
        CheckpointChoice Fixed(double interval, string reason) => new(false, interval, stall, timeBetweenInterruptions, reason);
        if (OwnInterval(job) is { } own)
        {
            return Fixed(own, Text($"hyperparameters set {IntervalSetting} to {own:0.###}, and hyperparameters take precedence."));
        }

        if (job.CheckpointIntervalSeconds is { } given)
        {
            return Fixed(given, given > 0 ? Text($"{IntervalSetting} is {given}, as configured.") : $"{IntervalSetting} is 0: no checkpoints at intervals.");
        }

        var measured = prices[PriceNames.MeasuredStall(job.InstanceType, job.InstanceCount)];
        var source = measured.Value is null ? "estimated from checkpoint_size_gb" : measured.Source;
        return Auto(job, timeBetweenInterruptions, stall, timeBetweenInterruptions, Text($"each checkpoint pauses training for {stall:0.###} s ({source}) and {Expectation(job)} {TimeSpan.FromSeconds(timeBetweenInterruptions).InWords()}"));
    }

    /// <summary>The choice for a later job of a run, by what the jobs before it have seen.</summary>
    /// <param name="job">The job as it is asked for now: market and running time are those of the new job.</param>
    public static CheckpointChoice Corrected(TrainingJobSpec job, PriceSnapshot prices, RunHistory seen)
    {
        var timeBetweenInterruptions = TimeBetweenInterruptions(job, prices);
        var mean = (timeBetweenInterruptions + seen.RanSeconds) / (1 + seen.Starts);
        return Auto(job, timeBetweenInterruptions, seen.StallSeconds, mean, Text(
            $"the checkpoint of step {seen.Step} paused training for {seen.StallSeconds:0.###} s and the mean time between interruptions is {TimeSpan.FromSeconds(mean).InWords()}: the job ran {TimeSpan.FromSeconds(seen.RanSeconds).InWords()} in {Counted.Format(seen.Starts, "start")}, and {Expectation(job)} {TimeSpan.FromSeconds(timeBetweenInterruptions).InWords()}"));
    }

    /// <summary>Young/Daly within the bounds; it never falls when the stall or the time between interruptions grows.</summary>
    /// <param name="stallSeconds">Seconds that a save holds training up.</param>
    /// <param name="meanRunSeconds">Seconds from a start to an interruption on average.</param>
    /// <param name="maxRuntimeSeconds">The most that the job may run: one checkpoint at least comes before its end.</param>
    public static double Bounded(double stallSeconds, double meanRunSeconds, double maxRuntimeSeconds)
    {
        var atLeast = Math.Max(Shortest.TotalSeconds, LeastStalls * stallSeconds);
        var interval = Math.Max(atLeast, Math.Min(Longest.TotalSeconds, CheckpointInterval.Seconds(stallSeconds, meanRunSeconds)));
        return Math.Round(Math.Min(interval, maxRuntimeSeconds / 2), 1);
    }

    private static CheckpointChoice Auto(TrainingJobSpec job, double expectedTimeBetweenInterruptions, double stall, double meanRun, string because)
    {
        var (free, interval) = (CheckpointInterval.Seconds(stall, meanRun), Bounded(stall, meanRun, job.MaxRuntimeSeconds));
        var bounded = Math.Abs(free - interval) > 0.1 ? Text($" ({free:0.#} s) within its bounds") : "";
        return new(true, interval, stall, expectedTimeBetweenInterruptions, Text(
            $"auto: every {interval:0.#} s, the square root of 2 x pause x mean time between interruptions{bounded}, because {because}."));
    }

    // On demand nothing takes the nodes away before the running time is over.
    private static double TimeBetweenInterruptions(TrainingJobSpec job, PriceSnapshot prices) =>
        job.UseSpotInstances ? JobAssumptions.TimeBetweenInterruptions(prices).TotalSeconds : job.MaxRuntimeSeconds;

    private static string Expectation(TrainingJobSpec job) => job.UseSpotInstances ? "the expected time between spot interruptions is" : "on-demand, the job may run for";

    private static double? OwnInterval(TrainingJobSpec job) =>
        job.Hyperparameters.TryGetValue(IntervalSetting, out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var own)
        && double.IsFinite(own) && own > 0
            ? own <= LongestGiven.TotalSeconds ? own : throw new PipelineException(
                CheckpointErrors.IntervalTooLong, $"hyperparameters set {IntervalSetting} to {text}, which is longer than any job. Give at most {LongestGiven.TotalSeconds:0} seconds.")
            : null;

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
