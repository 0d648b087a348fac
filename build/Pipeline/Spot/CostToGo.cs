namespace BuildPipeline.Spot;

/// <summary>
/// Expected cost of finishing a job from any remaining work and slack, when every decision from then on is the best one
/// under the market's learned run lengths. Time to the deadline is work plus slack, so both only ever fall and one sweep solves it.
/// </summary>
internal sealed class CostToGo
{
    private const int Classes = AvailabilityHistory.AgeClasses;
    private const int Phases = MarketChain.Phases;
    private const int OnSpot = Phases;
    private const int OnOnDemand = OnSpot + Classes;
    private const int States = OnOnDemand + Phases;
    private readonly double _step;
    private readonly double _restart;
    private readonly double _ratio;
    private readonly SafetyNet _net;
    private readonly int _works;
    private readonly int _slacks;
    private readonly MarketChain _market;

    // Expected cost after the coming step, by remaining work and slack after it, the market's phase before it and the gang's place in it.
    private readonly double[] _after;

    /// <summary>Solves for a job as it stands.</summary>
    /// <param name="now">Job and market.</param>
    /// <param name="net">What may not be spent.</param>
    /// <param name="step">Grid of work, slack and time, hours.</param>
    public CostToGo(in MarketObservation now, SafetyNet net, double step)
    {
        (_step, _restart, _ratio, _net) = (step, now.RestartHours, now.SpotPriceRatio, net);
        _works = (int)Math.Ceiling(now.RemainingHours / step) + 2;
        _slacks = (int)Math.Ceiling(Math.Max(now.SlackHours, 0) / step) + 2;
        _market = new MarketChain(now.History, step);
        _after = new double[_works * _slacks * States];
        Span<double> costs = stackalloc double[States];
        for (var i = 1; i < _works; i++)
        {
            for (var j = 0; j < _slacks; j++)
            {
                Solve(i * step, j * step, costs);
                Expect(costs, _after.AsSpan(((i * _slacks) + j) * States, States));
            }
        }
    }

    /// <summary>Expected cost of waiting for one step.</summary>
    public double Wait(double work, double slack, int phase) => After(work, slack - _step, phase);

    /// <summary>Expected cost of running on spot for one step.</summary>
    /// <param name="startLeft">Hours until progress begins.</param>
    public double Spot(double work, double slack, double startLeft, int phase) =>
        (_ratio * (startLeft + Math.Min(work, _step))) + After(work - _step, slack - startLeft, OnSpot + phase);

    /// <summary>Expected cost of running on on-demand for one step.</summary>
    public double OnDemand(double work, double slack, double startLeft, int phase) =>
        startLeft + Math.Min(work, _step) + After(work - _step, slack - startLeft, OnOnDemand + phase);

    private void Solve(double work, double slack, Span<double> now)
    {
        var spare = slack - _net.Reserve(_restart, work);
        for (var phase = 0; phase < Phases; phase++)
        {
            var up = MarketChain.IsUp(phase);
            var toOnDemand = OnDemand(work, slack, _restart, phase);
            var best = toOnDemand;
            var away = double.PositiveInfinity;
            if (spare >= _step)
            {
                away = Wait(work, slack, phase);
            }

            if (up && spare >= _restart)
            {
                away = Math.Min(away, Spot(work, slack, _restart, phase));
            }

            best = Math.Min(best, away);
            now[phase] = best;
            now[OnOnDemand + phase] = Math.Min(OnDemand(work, slack, 0, phase), away);
            if (up)
            {
                now[OnSpot + phase] = Math.Min(best, Spot(work, slack, 0, phase));
            }
        }
    }

    private void Expect(ReadOnlySpan<double> now, Span<double> after)
    {
        for (var phase = 0; phase < Phases; phase++)
        {
            var (older, other) = (MarketChain.Older(phase), MarketChain.Other(phase));
            var (end, grow, stay) = _market.Chances(phase);
            after[phase] = (end * now[other]) + (grow * now[older]) + (stay * now[phase]);
            after[OnOnDemand + phase] = (end * now[OnOnDemand + other]) + (grow * now[OnOnDemand + older]) + (stay * now[OnOnDemand + phase]);
            if (MarketChain.IsUp(phase))
            {
                after[OnSpot + phase] = (end * now[other]) + (grow * now[OnSpot + older]) + (stay * now[OnSpot + phase]);
            }
        }
    }

    private double After(double work, double slack, int state)
    {
        var x = Math.Clamp(work / _step, 0, _works - 1);
        var y = Math.Clamp(slack / _step, 0, _slacks - 1);
        var (i, j) = (Math.Min((int)x, _works - 2), Math.Min((int)y, _slacks - 2));
        var (u, v) = (x - i, y - Math.Max(j, 0));
        var low = Between(i, j, v, state);
        return u < 1e-9 ? low : low + (u * (Between(i + 1, j, v, state) - low));
    }

    private double Between(int work, int slack, double fraction, int state)
    {
        var index = (((work * _slacks) + Math.Max(slack, 0)) * States) + state;
        return fraction < 1e-9 ? _after[index] : _after[index] + (fraction * (_after[index + States] - _after[index]));
    }
}
