using BuildPipeline.Spot;

namespace BuildPipeline.Replay;

/// <summary>A job to replay over a trace.</summary>
/// <param name="Id">What the caller calls it.</param>
/// <param name="Trace">Path of the trace in the traces folder.</param>
/// <param name="StartTick">The trace's tick at which the job starts.</param>
/// <param name="Nodes">Instances of the node group; null is the trace's maximum.</param>
/// <param name="Hours">How long it works and may take.</param>
/// <param name="SpotPriceRatio">Spot price over on-demand price.</param>
public sealed record ReplayJob(string Id, string Trace, int StartTick, int? Nodes, JobHours Hours, double SpotPriceRatio)
{
    /// <inheritdoc cref="JobHours.Work"/>
    public double WorkHours => Hours.Work;

    /// <inheritdoc cref="JobHours.Deadline"/>
    public double DeadlineHours => Hours.Deadline;

    /// <inheritdoc cref="JobHours.Restart"/>
    public double RestartHours => Hours.Restart;
}

/// <summary>The times of a job, in hours.</summary>
/// <param name="Work">Work of all nodes together.</param>
/// <param name="Deadline">From the start.</param>
/// <param name="Restart">What each start of the nodes takes.</param>
public sealed record JobHours(double Work, double Deadline, double Restart);

/// <summary>How a replayed job went.</summary>
/// <param name="Cost">In on-demand hours of the node group.</param>
/// <param name="Late">Not finished by the deadline.</param>
/// <param name="FinishHours">From the start; null when it never finished.</param>
/// <param name="SpotHours">Billed on spot.</param>
/// <param name="OnDemandHours">Billed on on-demand.</param>
/// <param name="Restarts">Starts after the first.</param>
/// <param name="Modes">The decision at every tick from the start, run-length encoded.</param>
public sealed record ReplayOutcome(
    double Cost, bool Late, double? FinishHours, double SpotHours, double OnDemandHours, int Restarts, IReadOnlyList<ModeRun> Modes);

/// <summary>The same decision over some ticks in a row.</summary>
public readonly record struct ModeRun(MarketMode Mode, int Ticks);
