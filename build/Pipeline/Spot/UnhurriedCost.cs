namespace BuildPipeline.Spot;

/// <summary>Expected cost of finishing a job on spot, however long it has to wait for it, under the market's learned run lengths.</summary>
internal static class UnhurriedCost
{
    private const int Classes = AvailabilityHistory.AgeClasses;

    /// <summary>The cost in on-demand hours; where spot is down, from its return on.</summary>
    /// <param name="now">Job and market.</param>
    /// <param name="step">Hours of work after which an interruption is looked for.</param>
    public static double From(in MarketObservation now, double step)
    {
        var market = new MarketChain(now.History, step);
        var start = now.SpotPriceRatio * now.RestartHours;
        Span<double> running = stackalloc double[Classes];
        running.Clear();
        for (var left = now.RemainingHours; left > 0; left -= step)
        {
            // On-demand is an end that stays open.
            var again = Math.Min(start + running[0], now.RestartHours + now.RemainingHours - left);
            for (var age = 0; age < Classes; age++)
            {
                var (end, grow, stay) = market.Chances(MarketChain.Phase(up: true, age));
                running[age] = (now.SpotPriceRatio * Math.Min(step, left)) + (end * again) + (grow * running[Math.Min(age + 1, Classes - 1)]) + (stay * running[age]);
            }
        }

        return now.SpotUp ? (now.SpotPriceRatio * now.StartLeftHours(MarketMode.Spot)) + running[now.History.AgeClass] : start + running[0];
    }
}
