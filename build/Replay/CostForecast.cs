using BuildPipeline.Spot;

namespace BuildPipeline.Replay;

/// <summary>
/// Forecasts a job's cost by running its policy over futures that are drawn from what the market's past says about run lengths.
/// </summary>
public static class CostForecast
{
    /// <summary>
    /// Share of the futures for which the interval may grow by all that is between spot and on-demand. Fitted, and held to the fit,
    /// by the tests on recorded traces (docs/spot.md).
    /// </summary>
    public const double WidthPrice = 0.40;

    private const int Seed = 1;

    /// <summary>Futures drawn; a multiple of the <see cref="Worlds"/>.</summary>
    private const int Futures = 200;

    /// <summary>Memory short or long, runs of availability longer or shorter than learned, and runs of its absence.</summary>
    private const int Worlds = 8;

    // Nobody knows beforehand for how long yesterday counts.
    private const double ShortMemoryHours = 10;
    private const double LongMemoryHours = 60;

    /// <summary>How far, in logarithms, a market's run lengths drift in an hour; the square of it adds up over the hours.</summary>
    private const double Drift = 0.0775;

    /// <summary>Hours after which a market has drifted as far as it does.</summary>
    private const double DriftHours = LongMemoryHours;

    /// <summary>What the shape of the market's day counts, in the logarithm of both run lengths.</summary>
    private const double DayWeight = 4;

    private const double LeastSpread = 0.05;

    /// <summary>The forecast, made before the job starts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="past">The market until now.</param>
    /// <param name="policy">Name of its policy.</param>
    /// <param name="net">Its safety net.</param>
    public static CostRange Calculate(ReplayJob job, MarketPast past, string policy, SafetyNet net) => Range(job, Costs(job, past, policy, net), WidthPrice);

    /// <summary>The range that those costs give.</summary>
    /// <param name="job">The job.</param>
    /// <param name="costs">Costs of its futures, the least first.</param>
    /// <param name="widthPrice">See <see cref="WidthPrice"/>.</param>
    internal static CostRange Range(ReplayJob job, double[] costs, double widthPrice) =>
        CostRange.From(costs, widthPrice / (job.WorkHours * Math.Max(LeastSpread, Math.Abs(1 - job.SpotPriceRatio))));

    /// <summary>What the job costs in each of its futures, the least first.</summary>
    internal static double[] Costs(ReplayJob job, MarketPast past, string policy, SafetyNet net)
    {
        var history = past.History();
        var begin = new MarketObservation
        {
            ElapsedHours = 0,
            ProgressHours = 0,
            WorkHours = job.WorkHours,
            DeadlineHours = job.DeadlineHours,
            RestartHours = job.RestartHours,
            TickHours = past.TickHours,
            SpotPriceRatio = job.SpotPriceRatio,
            SpotUp = history.IsUp,
            Current = MarketMode.Idle,
            RunningHours = 0,
            Restarting = false,
            History = history,
        };
        var step = ExpectedCostPolicy.Step(begin);
        var plan = string.Equals(policy, MarketPolicies.Default, StringComparison.OrdinalIgnoreCase) ? ExpectedCostPolicy.Solve(begin, net) : null;
        AvailabilityHistory[] memories = [past.History(ShortMemoryHours), past.History(LongMemoryHours)];
        var drift = Drift * Math.Sqrt(Math.Min(job.DeadlineHours, DriftHours));
        var shape = DayWeight * past.DayShape(job.DeadlineHours);
        var random = new Random(Seed);
        var costs = new double[Futures];
        for (var i = 0; i < costs.Length; i++)
        {
            var world = i % Worlds;
            var market = new FutureMarket(
                memories[world & 1], step, Math.Exp((Sign(world & 2) * drift) - shape), Math.Exp((Sign(world & 4) * drift) + shape), random);
            costs[i] = Cost(job, step, market, plan is null ? MarketPolicies.Create(policy, net) : new ExpectedCostPolicy(net, plan));
        }

        Array.Sort(costs);
        return costs;
    }

    private static int Sign(int bit) => bit == 0 ? -1 : 1;

    private static double Cost(ReplayJob job, double step, FutureMarket market, IMarketPolicy policy)
    {
        var nodeGroup = new ReplayNodeGroup(job.WorkHours, job.DeadlineHours, step, () => job.RestartHours);
        while (nodeGroup.IsOpen)
        {
            var up = market.Next();
            nodeGroup.Advance(policy.Decide(nodeGroup.Observe(job, up, market.History)), up);
        }

        return nodeGroup.Outcome(job.SpotPriceRatio).Cost;
    }
}
