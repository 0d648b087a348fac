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
    private const double Rounding = 1e-9;
    private const double AmpleWorks = 3;
    private readonly double _step;
    private readonly double _restart;
    private readonly double _ratio;
    private readonly SafetyNet _net;
    private readonly int _works;
    private readonly int _slacks;
    private readonly MarketChain _market;

    // Expected cost after the coming step, by remaining work and slack after it, the market's phase before it and the node group's place in it.
    private readonly double[] _after;

    /// <summary>Solves for a job in its current state.</summary>
    /// <param name="now">Job and market.</param>
    /// <param name="net">What may not be spent.</param>
    /// <param name="step">Grid of work, slack and time, hours.</param>
    public CostToGo(in MarketObservation now, SafetyNet net, double step)
    {
        (_step, _restart, _ratio, _net) = (step, now.RestartHours, now.SpotPriceRatio, net);
        _works = (int)Math.Ceiling(now.RemainingHours / step) + 2;
        _slacks = (int)Math.Ceiling(Math.Clamp(now.SlackHours, 0, AmpleSlack(now, net)) / step) + 2;
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

    /// <summary>Slack that is not scarce, hours: time to wait for several times as long as the job runs. A plan covers no more, or that of a short job with a late deadline would take gigabytes.</summary>
    public static double AmpleSlack(in MarketObservation now, SafetyNet net) =>
        net.Reserve(now.RestartHours, now.RemainingHours) + (AmpleWorks * (now.RestartHours + now.RemainingHours));

    /// <summary>Expected cost of waiting for one step.</summary>
    public double Wait(double work, double slack, int phase) => After(At(work, slack - _step), phase);

    /// <summary>Expected cost of running on spot for one step.</summary>
    /// <param name="startLeft">Hours until progress starts.</param>
    public double Spot(double work, double slack, double startLeft, int phase) =>
        (_ratio * (startLeft + Math.Min(work, _step))) + After(At(work - _step, slack - startLeft), OnSpot + phase);

    /// <summary>Expected cost of running on on-demand for one step.</summary>
    public double OnDemand(double work, double slack, double startLeft, int phase) =>
        startLeft + Math.Min(work, _step) + After(At(work - _step, slack - startLeft), OnOnDemand + phase);

    // The places are the same for every phase; finding them is most of the work.
    private void Solve(double work, double slack, Span<double> now)
    {
        var spare = slack - _net.Reserve(_restart, work);
        var hours = Math.Min(work, _step);
        var (waited, kept, started) = (At(work, slack - _step), At(work - _step, slack), At(work - _step, slack - _restart));
        for (var phase = 0; phase < Phases; phase++)
        {
            var up = MarketChain.IsUp(phase);
            var away = spare >= _step ? After(waited, phase) : double.PositiveInfinity;
            if (up && spare >= _restart)
            {
                away = Math.Min(away, (_ratio * (_restart + hours)) + After(started, OnSpot + phase));
            }

            var best = Math.Min(_restart + hours + After(started, OnOnDemand + phase), away);
            now[phase] = best;
            now[OnOnDemand + phase] = Math.Min(hours + After(kept, OnOnDemand + phase), away);
            if (up)
            {
                now[OnSpot + phase] = Math.Min(best, (_ratio * hours) + After(kept, OnSpot + phase));
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

    private Place At(double work, double slack)
    {
        var x = Math.Clamp(work / _step, 0, _works - 1);
        var y = Math.Clamp(slack / _step, 0, _slacks - 1);
        var (i, j) = (Math.Min((int)x, _works - 2), Math.Min((int)y, _slacks - 2));
        return new(((i * _slacks) + j) * States, x - i, y - j);
    }

    private double After(in Place place, int state)
    {
        var low = Between(place.Index + state, place.Slack);
        return place.Work < Rounding ? low : low + (place.Work * (Between(place.Index + (_slacks * States) + state, place.Slack) - low));
    }

    private double Between(int index, double slack) =>
        slack < Rounding ? _after[index] : _after[index] + (slack * (_after[index + States] - _after[index]));

    /// <summary>A place on the grid: its lower corner, and how far it is from there to the next work and slack.</summary>
    private readonly record struct Place(int Index, double Work, double Slack);
}
