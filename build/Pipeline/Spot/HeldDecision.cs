namespace BuildPipeline.Spot;

/// <summary>A policy's decision against on-demand, and how long nobody has to ask again.</summary>
internal sealed class HeldDecision
{
    /// <summary>Ticks that are looked ahead at most: four hours of looks at a job on AWS.</summary>
    private const int MostTicks = 1000;

    private const double Rounding = 1e-9;
    private readonly MarketObservation _asked;
    private readonly double _until;

    private HeldDecision(in MarketObservation asked, double until) => (_asked, _until) = (asked, until);

    /// <summary>Holds what a policy has just decided for as long as the policy would not change it.</summary>
    public static HeldDecision From(in MarketObservation asked, IMarketPolicy policy)
    {
        var ticks = 0;
        var market = asked.History.Copy();
        while (ticks < MostTicks && policy.Holds(After(asked, (ticks + 1) * asked.TickHours, market)))
        {
            ticks++;
        }

        return new(asked, asked.ElapsedHours + (ticks * asked.TickHours));
    }

    /// <summary>True if it holds for longer than the moment it was made at.</summary>
    public bool Lasts => _until > _asked.ElapsedHours;

    /// <summary>True if the decision still stands: its time has not come, and the job is where it was. Work that was done meanwhile only gains time.</summary>
    public bool Covers(in MarketObservation now) =>
        now.ElapsedHours <= _until && now.Current == _asked.Current
        && now.RemainingHours <= _asked.RemainingHours + Rounding && now.RestartHours <= _asked.RestartHours;

    private static MarketObservation After(in MarketObservation asked, double hours, AvailabilityHistory market)
    {
        market.Place(asked.SpotUp, asked.History.AgeHours + hours);
        return asked with { ElapsedHours = asked.ElapsedHours + hours, RunningHours = asked.RunningHours + hours, History = market };
    }
}
