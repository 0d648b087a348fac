namespace BuildPipeline.Spot;

/// <summary>What a policy knows at one observation: the past and the present. Hours throughout, work in hours of the whole gang.</summary>
/// <param name="ElapsedHours">Since the job began.</param>
/// <param name="ProgressHours">Work done, in the units of <paramref name="WorkHours"/>: the share of its steps that is done, times the work.</param>
/// <param name="WorkHours">Work in total, as believed.</param>
/// <param name="DeadlineHours">From the job's begin.</param>
/// <param name="RestartHours">What a start on either market costs in time, as measured or believed.</param>
/// <param name="TickHours">Until the next observation.</param>
/// <param name="SpotPriceRatio">Spot price over on-demand price.</param>
/// <param name="SpotUp">Spot capacity is there for the whole gang.</param>
/// <param name="Current">The market that the gang is running on; idle when it was lost.</param>
/// <param name="RunningHours">Since the gang started on that market.</param>
/// <param name="Restarting">Started, but no progress yet.</param>
/// <param name="History">What is known of the spot market, the present included.</param>
public readonly record struct MarketObservation(
    double ElapsedHours,
    double ProgressHours,
    double WorkHours,
    double DeadlineHours,
    double RestartHours,
    double TickHours,
    double SpotPriceRatio,
    bool SpotUp,
    MarketMode Current,
    double RunningHours,
    bool Restarting,
    AvailabilityHistory History)
{
    /// <summary>Work left, as believed.</summary>
    public double RemainingHours => WorkHours - ProgressHours;

    /// <summary>Time to the deadline that the remaining work does not need.</summary>
    public double SlackHours => DeadlineHours - ElapsedHours - RemainingHours;

    /// <summary>Hours without progress that lie ahead if the gang is on that market from now on, as believed.</summary>
    public double StartLeftHours(MarketMode market) =>
        Current != market ? RestartHours : Restarting ? Math.Max(0, RestartHours - RunningHours) : 0;
}
