using System.Diagnostics.CodeAnalysis;

namespace BuildPipeline.Spot;

/// <summary>
/// The project's own policy: takes the market with the least expected cost to the end, under run lengths learned from this market so far,
/// within what the safety net allows. A plan weighs time against cost; with ample time, cost alone decides.
/// </summary>
public sealed class ExpectedCostPolicy : IMarketPolicy
{
    /// <summary>Parts that a job's work is planned in; finer ones change the cost by less than 0.2%.</summary>
    private const double Parts = 96;

    /// <summary>Share of the work's hours after which what was learned meanwhile makes a new plan.</summary>
    private const double Renewal = 0.5;

    private readonly SafetyNet _net;
    private readonly bool _learns;
    private CostToGo? _plan;
    private double _solvedAt;

    /// <summary>Learns while the job runs.</summary>
    public ExpectedCostPolicy(SafetyNet net) => (_net, _learns) = (net, true);

    /// <summary>Keeps to a plan that is already solved.</summary>
    internal ExpectedCostPolicy(SafetyNet net, CostToGo plan) => (_net, _plan) = (net, plan);

    /// <summary>Solves the plan for a job in its current state.</summary>
    internal static CostToGo Solve(in MarketObservation now, SafetyNet net) => new(now, net, Step(now));

    /// <summary>Hours between two decisions of a plan.</summary>
    internal static double Step(in MarketObservation now) => Math.Max(now.TickHours, now.WorkHours / Parts);

    /// <inheritdoc/>
    public MarketMode Decide(in MarketObservation now)
    {
        if (HasAmpleTime(now))
        {
            return WithAmpleTime(now);
        }

        if (!_net.MayWait(now) && !_net.MayUseSpot(now))
        {
            return MarketMode.OnDemand;
        }

        if (IsRenewalDue(now))
        {
            (_plan, _solvedAt) = (Solve(now, _net), now.ElapsedHours);
        }

        return Cheapest(now, _plan);
    }

    /// <inheritdoc/>
    public bool Holds(in MarketObservation later) => HasAmpleTime(later) || (!IsRenewalDue(later) && Cheapest(later, _plan) != MarketMode.OnDemand);

    private static MarketMode WithAmpleTime(in MarketObservation now) =>
        UnhurriedCost.From(now, Step(now)) > now.StartLeftHours(MarketMode.OnDemand) + now.RemainingHours ? MarketMode.OnDemand
        : now.SpotUp ? MarketMode.Spot
        : MarketMode.Idle;

    private bool HasAmpleTime(in MarketObservation now) => now.SlackHours - now.TickHours >= CostToGo.AmpleSlack(now, _net);

    [MemberNotNullWhen(false, nameof(_plan))]
    private bool IsRenewalDue(in MarketObservation now) => _plan is null || (_learns && now.ElapsedHours - _solvedAt >= Renewal * now.WorkHours);

    private MarketMode Cheapest(in MarketObservation now, CostToGo plan)
    {
        var (mayWait, maySpot) = (_net.MayWait(now), _net.MayUseSpot(now));
        var phase = MarketChain.Phase(now.SpotUp, now.History.AgeClass);
        var (work, slack) = (now.RemainingHours, now.SlackHours);
        var (best, cost) = (MarketMode.OnDemand, plan.OnDemand(work, slack, now.StartLeftHours(MarketMode.OnDemand), phase));
        if (mayWait && plan.Wait(work, slack, phase) is var waiting && waiting < cost)
        {
            (best, cost) = (MarketMode.Idle, waiting);
        }

        return maySpot && plan.Spot(work, slack, now.StartLeftHours(MarketMode.Spot), phase) <= cost ? MarketMode.Spot : best;
    }
}
