namespace BuildPipeline.Replay;

/// <summary>
/// The least that a job can cost when the whole trace is known in advance: dynamic programming over ticks and the time lost so far,
/// to waiting and to starts. No policy that meets the deadline is cheaper.
/// </summary>
public static class OmniscientBound
{
    private const int FinestGrid = 16;
    private const double Rounding = 1e-9;

    /// <summary>The bound in on-demand hours of the node group.</summary>
    public static double Calculate(ReplayJob job, SpotTrace trace)
    {
        var perTick = GridOf(job.RestartHours / trace.TickHours);
        var grid = trace.TickHours / perTick;
        // Rounded in the job's favour, so the result stays a lower bound.
        var restart = (int)Math.Floor((job.RestartHours / grid) + 1e-6);
        var slack = (int)Math.Ceiling(((job.DeadlineHours - job.WorkHours) / grid) - 1e-6);
        return new Sweep(job, trace, perTick, restart, slack).Solve();
    }

    /// <summary>Parts of a tick in which a restart is a whole number, or nearly.</summary>
    private static int GridOf(double restartTicks) => Enumerable.Range(1, FinestGrid)
        .MinBy(parts => Math.Round((restartTicks * parts) - Math.Floor((restartTicks * parts) + 1e-6), 6) / parts);

    private sealed class Sweep(ReplayJob job, SpotTrace trace, int perTick, int restart, int slack)
    {
        private readonly double _grid = trace.TickHours / perTick;
        private readonly int _nodes = job.Nodes ?? trace.LargestNodeGroup;
        private double _best = double.PositiveInfinity;
        private double[] _idle = Empty(slack);
        private double[] _spot = Empty(slack);
        private double[] _onDemand = Empty(slack);
        private double[] _nextIdle = Empty(slack);
        private double[] _nextSpot = Empty(slack);
        private double[] _nextOnDemand = Empty(slack);

        public double Solve()
        {
            _idle[0] = 0;
            for (var tick = 0; tick * trace.TickHours < job.DeadlineHours - Rounding && job.StartTick + tick < trace.Length; tick++)
            {
                Advance(tick, trace.IsUp(job.StartTick + tick, _nodes));
            }

            return _best;
        }

        private static double[] Empty(int slack)
        {
            var costs = new double[slack + 1];
            Array.Fill(costs, double.PositiveInfinity);
            return costs;
        }

        private void Advance(int tick, bool up)
        {
            Array.Fill(_nextIdle, double.PositiveInfinity);
            Array.Fill(_nextSpot, double.PositiveInfinity);
            Array.Fill(_nextOnDemand, double.PositiveInfinity);
            for (var lost = 0; lost <= slack; lost++)
            {
                var any = Math.Min(_idle[lost], Math.Min(_spot[lost], _onDemand[lost]));
                if (any >= _best)
                {
                    continue;
                }

                if (lost + perTick <= slack)
                {
                    _nextIdle[lost + perTick] = Math.Min(_nextIdle[lost + perTick], any);
                }

                Run(_nextOnDemand, tick, lost, _onDemand[lost], any, 1);
                if (up)
                {
                    Run(_nextSpot, tick, lost, _spot[lost], any, job.SpotPriceRatio);
                }
            }

            (_idle, _nextIdle) = (_nextIdle, _idle);
            (_spot, _nextSpot) = (_nextSpot, _spot);
            (_onDemand, _nextOnDemand) = (_nextOnDemand, _onDemand);
        }

        private void Run(double[] next, int tick, int lost, double running, double any, double price)
        {
            Step(next, tick, lost, 0, running, price);
            if (lost + restart <= slack)
            {
                Step(next, tick, lost, restart, any, price);
            }
        }

        private void Step(double[] next, int tick, int lost, int start, double cost, double price)
        {
            var left = job.WorkHours - (((tick * perTick) - lost) * _grid) + (start * _grid);
            if (left <= trace.TickHours + Rounding)
            {
                _best = Math.Min(_best, cost + (price * left));
            }
            else
            {
                next[lost + start] = Math.Min(next[lost + start], cost + (price * trace.TickHours));
            }
        }
    }
}
