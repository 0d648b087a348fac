namespace BuildPipeline.Spot;

/// <summary>On-demand from start to end.</summary>
public sealed class OnDemandPolicy : IMarketPolicy
{
    /// <inheritdoc/>
    public MarketMode Decide(in MarketObservation now) => MarketMode.OnDemand;

    /// <inheritdoc/>
    public bool Holds(in MarketObservation later) => true;
}

/// <summary>Managed spot alone: waits for capacity, whatever the deadline.</summary>
public sealed class SpotOnlyPolicy : IMarketPolicy
{
    /// <inheritdoc/>
    public MarketMode Decide(in MarketObservation now) => now.SpotUp ? MarketMode.Spot : MarketMode.Idle;

    /// <inheritdoc/>
    public bool Holds(in MarketObservation later) => true;
}

/// <summary>Spot whenever it is up, otherwise idle, until the safety net takes over.</summary>
public sealed class GreedyPolicy(SafetyNet net) : IMarketPolicy
{
    private bool _rescued;

    /// <inheritdoc/>
    public MarketMode Decide(in MarketObservation now)
    {
        _rescued |= !Holds(now);
        return _rescued ? MarketMode.OnDemand : now.SpotUp ? MarketMode.Spot : MarketMode.Idle;
    }

    /// <inheritdoc/>
    public bool Holds(in MarketObservation later) => later.SpotUp ? net.MayUseSpot(later) : net.MayWait(later);
}

/// <summary>
/// Ten lines that are hard to beat: spot whenever up, on-demand never left while spot is down, and otherwise waiting until what is left of the
/// slack is one start, two ticks and 15% of the remaining work.
/// </summary>
public sealed class SlackRulePolicy(SafetyNet net) : IMarketPolicy
{
    private const double WorkShare = 0.15;

    /// <inheritdoc/>
    public MarketMode Decide(in MarketObservation now)
    {
        if (net.MayUseSpot(now))
        {
            return MarketMode.Spot;
        }

        var kept = now.RestartHours + (2 * now.TickHours) + (WorkShare * now.RemainingHours);
        return now.Current != MarketMode.OnDemand && net.MayWait(now) && now.SlackHours > kept ? MarketMode.Idle : MarketMode.OnDemand;
    }

    /// <inheritdoc/>
    public bool Holds(in MarketObservation later) => Decide(later) != MarketMode.OnDemand;
}

/// <summary>
/// Uniform Progress: waits while ahead of the line from nothing at the start to everything at the deadline, and takes on-demand behind it.
/// Goes back from on-demand to spot only when two restarts would not put it behind the line.
/// </summary>
public sealed class UniformProgressPolicy(SafetyNet net) : IMarketPolicy
{
    private bool _rescued;

    /// <inheritdoc/>
    public MarketMode Decide(in MarketObservation now)
    {
        _rescued |= now.Current != MarketMode.OnDemand && !IsSafe(now);
        if (_rescued)
        {
            return MarketMode.OnDemand;
        }

        var stays = now.Current == MarketMode.OnDemand && !(IsAhead(now, 2 * now.RestartHours) && net.MayUseSpot(now));
        return now.SpotUp && !stays ? MarketMode.Spot
            : now.Current == MarketMode.OnDemand || !IsAhead(now, 0) ? MarketMode.OnDemand
            : MarketMode.Idle;
    }

    /// <inheritdoc/>
    public bool Holds(in MarketObservation later) => IsSafe(later) && (later.SpotUp || IsAhead(later, 0));

    private bool IsSafe(in MarketObservation now) => now.SpotUp ? net.MayUseSpot(now) : net.MayWait(now);

    private static bool IsAhead(in MarketObservation now, double later) =>
        now.ProgressHours >= (now.ElapsedHours + later) * now.WorkHours / now.DeadlineHours;
}
