using BuildPipeline.Spot;

namespace BuildPipeline.Replay;

/// <summary>A job to replay over a trace.</summary>
/// <param name="Id">What the caller calls it.</param>
/// <param name="Trace">Path of the trace in the traces folder.</param>
/// <param name="StartTick">The trace's tick at which the job begins.</param>
/// <param name="Nodes">Instances of the gang; null is the trace's maximum.</param>
/// <param name="WorkHours">Work of the whole gang.</param>
/// <param name="DeadlineHours">From the begin.</param>
/// <param name="RestartHours">What each start costs in time.</param>
/// <param name="SpotPriceRatio">Spot price over on-demand price.</param>
public sealed record ReplayJob(
    string Id, string Trace, int StartTick, int? Nodes, double WorkHours, double DeadlineHours, double RestartHours, double SpotPriceRatio);

/// <summary>How a replayed job went.</summary>
/// <param name="Cost">In on-demand hours of the gang.</param>
/// <param name="Late">Not finished by the deadline.</param>
/// <param name="FinishHours">From the begin; null when it never finished.</param>
/// <param name="SpotHours">Billed on spot.</param>
/// <param name="OnDemandHours">Billed on on-demand.</param>
/// <param name="Restarts">Starts after the first.</param>
/// <param name="Modes">The decision at every tick from the begin, run-length encoded.</param>
public sealed record ReplayOutcome(
    double Cost, bool Late, double? FinishHours, double SpotHours, double OnDemandHours, int Restarts, IReadOnlyList<ModeRun> Modes);

/// <summary>The same decision over some ticks in a row.</summary>
public readonly record struct ModeRun(MarketMode Mode, int Ticks);
