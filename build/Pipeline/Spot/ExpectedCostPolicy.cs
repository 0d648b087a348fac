namespace BuildPipeline.Spot;

/// <summary>
/// The project's own policy: takes the market with the least expected cost to the end, under run lengths learned from this market so far,
/// within what the safety net allows.
/// </summary>
public sealed class ExpectedCostPolicy(SafetyNet net) : IMarketPolicy
{
    /// <summary>Grid.</summary>
    public static double GridWorks { get; set; } = 96;

    /// <summary>Solve anew after that share.</summary>
    public static double Refresh { get; set; } = 0.125;

    /// <summary>Switch needs a gain.</summary>
    public static double Inertia { get; set; }

    private CostToGo? _plan;
    private double _solvedAt;

    /// <inheritdoc/>
    public MarketMode Decide(in MarketObservation now)
    {
        var mayWait = net.MayWait(now);
        var maySpot = net.MayUseSpot(now);
        if (!mayWait && !maySpot)
        {
            return MarketMode.OnDemand;
        }

        var work = Math.Max(now.WorkHours - now.ProgressHours, now.TickHours);
        // What the safety net keeps beyond one restart cannot be spent.
        var slack = net.Slack(now) - net.Restart(now) + now.RestartHours;
        if (_plan is null || now.ElapsedHours - _solvedAt >= Refresh * now.WorkHours)
        {
            _plan = new CostToGo(work, slack, now.RestartHours, now.SpotPriceRatio, Math.Max(now.TickHours, now.WorkHours / GridWorks), now.History);
            _solvedAt = now.ElapsedHours;
        }

        return Cheapest(now, work, slack, mayWait, maySpot, _plan);
    }

    private static MarketMode Cheapest(in MarketObservation now, double work, double slack, bool mayWait, bool maySpot, CostToGo plan)
    {
        var phase = CostToGo.Phase(now.SpotUp, now.History.AgeClass);
        var (best, cost) = (MarketMode.OnDemand, plan.OnDemand(work, slack, StartLeft(now, MarketMode.OnDemand), phase));
        if (mayWait && plan.Wait(work, slack, phase) is var waiting && waiting < cost)
        {
            (best, cost) = (MarketMode.Idle, waiting);
        }

        return maySpot && plan.Spot(work, slack, StartLeft(now, MarketMode.Spot), phase) <= cost ? MarketMode.Spot : best;
    }

    private static double StartLeft(in MarketObservation now, MarketMode market) =>
        now.Current != market ? now.RestartHours : now.Restarting ? Math.Max(0, now.RestartHours - now.RunningHours) : 0;
}
