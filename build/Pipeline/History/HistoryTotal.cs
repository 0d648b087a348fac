using BuildPipeline.Goodput;
using BuildPipeline.Runs;

namespace BuildPipeline.History;

/// <summary>What the runs of a team that started in one month add up to.</summary>
public sealed record HistoryTotal
{
    /// <summary>The month in which the runs started, UTC, for example <c>2026-11</c>.</summary>
    public required string Month { get; init; }

    /// <summary>The team; null for runs that have no plan, so no team.</summary>
    public string? Team { get; init; }

    /// <summary>Runs.</summary>
    public required int Runs { get; init; }

    /// <summary>Those that are closed and validated.</summary>
    public required int Validated { get; init; }

    /// <summary>Those that are closed and were not validated.</summary>
    public required int Failed { get; init; }

    /// <summary>Those that are open.</summary>
    public required int Open { get; init; }

    /// <summary>Dollars of the training jobs that have ended, as far as they are known.</summary>
    public required Usd SpentUsd { get; init; }

    /// <summary>Runs with a training job that has ended and whose cost is unknown; its dollars are missing in the sum.</summary>
    public required int UnknownCosts { get; init; }

    /// <summary>The most that the open runs may cost together, dollars.</summary>
    public required Usd OpenCeilingUsd { get; init; }

    /// <summary>What the bills of the runs went into, as far as they are known; null if none is.</summary>
    public GoodputTotal? Goodput { get; init; }

    /// <summary>The totals of those runs, by month and team.</summary>
    public static IReadOnlyList<HistoryTotal> From(IEnumerable<HistoryEntry> runs) =>
    [
        .. runs.GroupBy(run => (Month: run.Month(), run.Team)).Select(group => From(group.Key.Month, group.Key.Team, [.. group]))
            .OrderBy(total => total.Month, StringComparer.Ordinal).ThenBy(total => total.Team, StringComparer.Ordinal),
    ];

    private static HistoryTotal From(string month, string? team, IReadOnlyList<HistoryEntry> runs) => new()
    {
        Month = month,
        Team = team,
        Runs = runs.Count,
        Validated = runs.Count(run => run.State == RunState.ClosedValidated),
        Failed = runs.Count(run => run.State is RunState.ClosedFailed or RunState.ClosedInvalid),
        Open = runs.Count(run => run.IsOpen),
        SpentUsd = Sum(runs.Select(run => run.SpentUsd)),
        UnknownCosts = runs.Count(run => run.SpentUsd is null),
        Goodput = GoodputTotal.Sum(runs.Select(run => run.Goodput)),
        OpenCeilingUsd = Sum(runs.Where(run => run.IsOpen).Select(run => run.CeilingUsd)),
    };

    private static Usd Sum(IEnumerable<Usd?> amounts) => amounts.Aggregate(Usd.Zero, (sum, amount) => sum + (amount ?? Usd.Zero));
}
