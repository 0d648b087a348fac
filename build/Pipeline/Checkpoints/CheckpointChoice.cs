namespace BuildPipeline.Checkpoints;

/// <summary>How often a training program is asked to save, and why: what the job's request says.</summary>
/// <param name="Auto">True if the pipeline chose, and the program corrects the interval at each restart.</param>
/// <param name="IntervalSeconds">Seconds between two checkpoints; 0 is none by time.</param>
/// <param name="StallSeconds">Seconds that a save holds training up, as far as known.</param>
/// <param name="TimeBetweenInterruptionsSeconds">Seconds from a start to the next interruption on average, as expected before the run has seen any.</param>
/// <param name="Reason">What was chosen and why, in a sentence.</param>
public sealed record CheckpointChoice(bool Auto, double IntervalSeconds, double StallSeconds, double TimeBetweenInterruptionsSeconds, string Reason);
