namespace BuildPipeline.Spot;

/// <summary>What was seen of a spot market before a job starts.</summary>
/// <param name="Up">Whether spot was up, tick by tick, the newest last.</param>
/// <param name="TickHours">Hours between two of them.</param>
public sealed record MarketPast(IReadOnlyList<bool> Up, double TickHours)
{
    private const int Days = 7;
    private const double DayHours = 24;

    // Hours of "half of the time", and of "as always", that are believed before anything is seen.
    private const double PriorHours = 6;
    private const double PriorDayHours = 12;

    /// <summary>The run lengths that it teaches.</summary>
    /// <param name="halfLifeHours">Hours after which evidence counts half.</param>
    public AvailabilityHistory History(double halfLifeHours = AvailabilityHistory.UsualHalfLifeHours)
    {
        var history = new AvailabilityHistory(TickHours, halfLifeHours);
        foreach (var up in Up)
        {
            history.Observe(up);
        }

        return history;
    }

    /// <summary>
    /// How much more of the time spot was up in the coming hours of the day than at any, over the last week; below zero is less.
    /// A job of a day or longer sees every hour, so for it this is zero.
    /// </summary>
    /// <param name="comingHours">Length of the job, to its deadline.</param>
    public double DayShape(double comingHours)
    {
        var window = Math.Min(DayHours, comingHours);
        var always = Mean(Ticks(Up.Count - Ticks(Days * DayHours), Up.Count), 0.5, PriorHours);
        var days = Enumerable.Range(1, Days).Select(day => Up.Count - Ticks(day * DayHours)).Where(begin => begin >= 0);
        return Mean(days.SelectMany(begin => Ticks(begin, begin + Ticks(window))), always, PriorDayHours) - always;
    }

    private int Ticks(double hours) => (int)Math.Round(hours / TickHours);

    private IEnumerable<bool> Ticks(int begin, int end)
    {
        for (var tick = Math.Max(0, begin); tick < Math.Min(end, Up.Count); tick++)
        {
            yield return Up[tick];
        }
    }

    private double Mean(IEnumerable<bool> ticks, double prior, double priorHours)
    {
        var (up, all) = (prior * priorHours, priorHours);
        foreach (var tick in ticks)
        {
            up += tick ? TickHours : 0;
            all += TickHours;
        }

        return up / all;
    }
}
