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
    public static double Refresh { get; set; } = 0.25;

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

        if (_plan is null || now.ElapsedHours - _solvedAt >= Refresh * now.WorkHours)
        {
            _plan = new CostToGo(now, net, Math.Max(now.TickHours, now.WorkHours / GridWorks));
            _solvedAt = now.ElapsedHours;
        }

        return Cheapest(now, mayWait, maySpot, _plan);
    }

    private static MarketMode Cheapest(in MarketObservation now, bool mayWait, bool maySpot, CostToGo plan)
    {
        var phase = CostToGo.Phase(now.SpotUp, now.History.AgeClass);
        var (work, slack) = (now.RemainingHours, now.SlackHours);
        var (best, cost) = (MarketMode.OnDemand, plan.OnDemand(work, slack, now.StartLeftHours(MarketMode.OnDemand), phase));
        if (mayWait && plan.Wait(work, slack, phase) is var waiting && waiting < cost)
        {
            (best, cost) = (MarketMode.Idle, waiting);
        }

        return maySpot && plan.Spot(work, slack, now.StartLeftHours(MarketMode.Spot), phase) <= cost ? MarketMode.Spot : best;
    }
}
