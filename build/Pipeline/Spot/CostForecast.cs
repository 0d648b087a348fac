namespace BuildPipeline.Spot;

/// <summary>What a job will probably cost, in on-demand hours of the gang.</summary>
/// <param name="P05">One job in twenty is cheaper.</param>
/// <param name="P50">Half of the jobs are cheaper.</param>
/// <param name="P95">One job in twenty is dearer.</param>
public sealed record CostRange(double P05, double P50, double P95);

/// <summary>
/// Forecasts a job's cost by running its policy over futures that are drawn from what the market's history says about run lengths.
/// </summary>
public static class CostForecast
{
    private const int Seed = 1;

    private const int Futures = 100;

    /// <summary>The forecast, made before the job begins.</summary>
    /// <param name="job">The job.</param>
    /// <param name="history">The market until now.</param>
    /// <param name="tickHours">Between two observations.</param>
    /// <param name="policy">Name of its policy.</param>
    /// <param name="net">Its safety net.</param>
    public static CostRange Of(ReplayJob job, AvailabilityHistory history, double tickHours, string policy, SafetyNet net)
    {
        var begin = new MarketObservation(
            0, 0, job.WorkHours, job.DeadlineHours, job.RestartHours, tickHours, job.SpotPriceRatio, history.IsUp, MarketMode.Idle, 0, false, history);
        var step = ExpectedCostPolicy.Step(begin);
        var plan = string.Equals(policy, MarketPolicies.Default, StringComparison.OrdinalIgnoreCase) ? ExpectedCostPolicy.Solve(begin, net) : null;
        var random = new Random(Seed);
        var costs = new double[Futures];
        for (var i = 0; i < costs.Length; i++)
        {
            var market = new FutureMarket(history, step, random);
            costs[i] = Cost(job, step, market, plan is null ? MarketPolicies.Create(policy, net) : new ExpectedCostPolicy(net, plan));
        }

        Array.Sort(costs);
        return new CostRange(Quantile(costs, 0.05), Quantile(costs, 0.5), Quantile(costs, 0.95));
    }

    private static double Cost(ReplayJob job, double step, FutureMarket market, IMarketPolicy policy)
    {
        var gang = new ReplayGang(job.WorkHours, job.DeadlineHours, step, () => job.RestartHours);
        while (gang.IsOpen)
        {
            var up = market.Next();
            gang.Advance(policy.Decide(gang.Observe(job, up, market.History)), up);
        }

        return gang.Outcome(job.SpotPriceRatio).Cost;
    }

    private static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
