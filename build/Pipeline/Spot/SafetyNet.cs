namespace BuildPipeline.Spot;

/// <summary>Keeps a deadline: says what a job may still do so that on-demand capacity, started one tick later, finishes it in time.</summary>
/// <param name="RestartFactor">A restart may take this many times what is believed.</param>
/// <param name="WorkFactor">The work may be this many times what is believed.</param>
public sealed record SafetyNet(double RestartFactor, double WorkFactor)
{
    private const double Rounding = 1e-9;

    /// <summary>For a job whose figures are exact.</summary>
    public static SafetyNet Exact { get; } = new(1, 1);

    /// <summary>For a job whose figures are measured: a restart twice as long and 5% more work.</summary>
    public static SafetyNet Measured { get; } = new(2, 1.05);

    /// <summary>The time of a start to reckon with, in hours.</summary>
    public double Restart(in MarketObservation now) => now.RestartHours * RestartFactor;

    /// <summary>Time to the deadline that the remaining work does not need, in hours.</summary>
    public double Slack(in MarketObservation now) =>
        now.DeadlineHours - now.ElapsedHours - ((now.WorkHours * WorkFactor) - now.ProgressHours);

    /// <summary>True when waiting for one tick leaves time for on-demand.</summary>
    public bool MayWait(in MarketObservation now) => Slack(now) - now.TickHours >= Restart(now) - Rounding;

    /// <summary>True when spot is up, and losing it after one tick leaves time for on-demand.</summary>
    public bool MayUseSpot(in MarketObservation now) =>
        now.SpotUp && Slack(now) - Math.Min(now.TickHours, StartLeft(now, MarketMode.Spot)) >= Restart(now) - Rounding;

    /// <summary>Hours without progress if the gang is on that market from now on.</summary>
    public double StartLeft(in MarketObservation now, MarketMode market) =>
        now.Current != market ? Restart(now) : now.Restarting ? Math.Max(0, Restart(now) - now.RunningHours) : 0;
}
