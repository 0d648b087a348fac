namespace BuildPipeline.Spot;

/// <summary>Keeps a deadline: says what a job may still do such that on-demand capacity, started one tick later, finishes it in time.</summary>
/// <param name="RestartFactor">A restart may take this many times what is believed.</param>
/// <param name="WorkFactor">The work may be this many times what is believed.</param>
public sealed record SafetyNet(double RestartFactor, double WorkFactor)
{
    private const double Rounding = 1e-9;

    /// <summary>For a job whose figures are exact.</summary>
    public static SafetyNet Exact { get; } = new(1, 1);

    /// <summary>For a job whose figures are measured: a restart twice as long and 5% more work.</summary>
    public static SafetyNet Measured { get; } = new(2, 1.05);

    /// <summary>Slack that must never be spent while the node group can be lost: one start, and what the remaining work may take longer, in hours.</summary>
    /// <param name="restartHours">A start, as believed.</param>
    /// <param name="remainingHours">Remaining work, as believed.</param>
    public double Reserve(double restartHours, double remainingHours) => (restartHours * RestartFactor) + (remainingHours * (WorkFactor - 1));

    /// <summary>True when waiting for one tick leaves time for on-demand.</summary>
    public bool MayWait(in MarketObservation now) => now.SlackHours - now.TickHours >= Reserve(now) - Rounding;

    /// <summary>True when spot is up, and losing it after one tick leaves time for on-demand.</summary>
    public bool MayUseSpot(in MarketObservation now) =>
        now.SpotUp && now.SlackHours - Math.Min(now.TickHours, LongestStart(now)) >= Reserve(now) - Rounding;

    private double Reserve(in MarketObservation now) => Reserve(now.RestartHours, now.RemainingHours);

    private double LongestStart(in MarketObservation now)
    {
        var start = now.RestartHours * RestartFactor;
        return now.Current != MarketMode.Spot ? start : now.Restarting ? Math.Max(0, start - now.RunningHours) : 0;
    }
}
