namespace BuildPipeline.Goodput;

/// <summary>A stretch of time; one that ends before it starts is empty.</summary>
internal readonly record struct Period(DateTimeOffset From, DateTimeOffset To)
{
    public long Ticks => Math.Max(0, (To - From).Ticks);

    /// <summary>The part of it that another has too.</summary>
    public Period Within(Period other) => new(From > other.From ? From : other.From, To < other.To ? To : other.To);

    /// <summary>Time that at least one of them has.</summary>
    public static long TicksOf(IEnumerable<Period> periods)
    {
        var (ticks, until) = (0L, DateTimeOffset.MinValue);
        foreach (var period in periods.Where(period => period.Ticks > 0).OrderBy(period => period.From))
        {
            ticks += new Period(period.From > until ? period.From : until, period.To).Ticks;
            until = period.To > until ? period.To : until;
        }

        return ticks;
    }
}
