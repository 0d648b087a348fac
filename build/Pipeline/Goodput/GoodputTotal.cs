namespace BuildPipeline.Goodput;

/// <summary>What bills went into, of one run or of many. Seconds and dollars of the categories add up to the bills exactly.</summary>
public sealed record GoodputTotal
{
    /// <summary>Seconds that the service bills.</summary>
    public required long BilledSeconds { get; init; }

    /// <summary>Dollars of the bills; null if one is unknown.</summary>
    public Usd? Cost { get; init; }

    /// <summary>Billed seconds by category; one that has none is left out.</summary>
    public required IReadOnlyDictionary<string, long> Seconds { get; init; }

    /// <summary>Dollars by category, as <see cref="Seconds"/>; null if a bill is unknown.</summary>
    public IReadOnlyDictionary<string, Usd>? Dollars { get; init; }

    /// <summary>Goodput: the productive part of the billed seconds, 0 to 1; null if none are billed.</summary>
    public double? Ratio => BilledSeconds > 0 ? (double)SecondsOf(GoodputCategory.Productive) / BilledSeconds : null;

    /// <summary>Billed seconds of a category.</summary>
    public long SecondsOf(GoodputCategory category) => Seconds.GetValueOrDefault(NameOf(category));

    /// <summary>The total of runs.</summary>
    public static GoodputTotal From(IReadOnlyList<GoodputRecord> runs)
    {
        var shares = runs.SelectMany(run => run.Shares).GroupBy(share => share.Category).OrderBy(group => group.Key).ToList();
        return new()
        {
            BilledSeconds = runs.Sum(run => run.BilledSeconds),
            Cost = SumOf(runs.Select(run => run.Cost)),
            Seconds = shares.Select(group => (Name: NameOf(group.Key), Sum: group.Sum(share => share.BilledSeconds))).Where(share => share.Sum != 0).ToDictionary(share => share.Name, share => share.Sum),
            Dollars = runs.Any(run => run.Cost is null) ? null : shares.Select(group => (Name: NameOf(group.Key), Sum: SumOf(group.Select(share => share.Cost))!.Value)).Where(share => share.Sum.Amount != 0).ToDictionary(share => share.Name, share => share.Sum),
        };
    }

    /// <summary>The sum of totals, those that are unknown left out; null if all are.</summary>
    public static GoodputTotal? Sum(IEnumerable<GoodputTotal?> totals)
    {
        var known = totals.OfType<GoodputTotal>().ToList();
        return known.Count == 0 ? null : new()
        {
            BilledSeconds = known.Sum(total => total.BilledSeconds),
            Cost = SumOf(known.Select(total => total.Cost)),
            Seconds = known.SelectMany(total => total.Seconds).GroupBy(share => share.Key).ToDictionary(group => group.Key, group => group.Sum(share => share.Value)),
            Dollars = known.Any(total => total.Dollars is null) ? null : known.SelectMany(total => total.Dollars!).GroupBy(share => share.Key).ToDictionary(group => group.Key, group => SumOf(group.Select(share => (Usd?)share.Value))!.Value),
        };
    }

    private static Usd? SumOf(IEnumerable<Usd?> amounts) => amounts.Aggregate((Usd?)Usd.Zero, (sum, amount) => sum + amount);

    private static string NameOf(GoodputCategory category) => Format.Words(category).Replace(' ', '_');
}
