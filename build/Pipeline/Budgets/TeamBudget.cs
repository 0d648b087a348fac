namespace BuildPipeline.Budgets;

/// <summary>What a team may use; a limit that is null, or an empty list, does not bind.</summary>
public sealed record TeamLimits
{
    /// <summary>Instance families, for example <c>g5</c>; empty is all.</summary>
    public IReadOnlyList<string> InstanceFamilies { get; init; } = [];

    /// <summary>Nodes of all the team's runs at once.</summary>
    public int? MaxNodes { get; init; }

    /// <summary>GPU-hours a calendar month, UTC.</summary>
    public decimal? GpuHoursPerMonth { get; init; }

    /// <summary>Dollars a calendar month, UTC.</summary>
    public Usd? UsdPerMonth { get; init; }

    /// <summary>Dollars that one run may cost at most.</summary>
    public Usd? UsdPerRun { get; init; }
}

/// <summary>Amounts of a budget.</summary>
/// <param name="Usd">Dollars.</param>
/// <param name="GpuHours">GPU-hours.</param>
/// <param name="Nodes">Nodes that are held; none once a run is settled.</param>
public sealed record BudgetAmounts(Usd Usd, decimal GpuHours, int Nodes)
{
    /// <summary>Nothing.</summary>
    public static BudgetAmounts None { get; } = new(Usd.Zero, 0, 0);

    /// <summary>Sum.</summary>
    public static BudgetAmounts operator +(BudgetAmounts left, BudgetAmounts right) =>
        new(left.Usd + right.Usd, left.GpuHours + right.GpuHours, left.Nodes + right.Nodes);
}

/// <summary>The balance of a team's budget.</summary>
/// <param name="Team">The team.</param>
/// <param name="Limits">Its limits.</param>
/// <param name="Month">The calendar month, UTC, for example <c>2026-11</c>.</param>
/// <param name="Spent">What runs of this month have cost.</param>
/// <param name="Reserved">What other runs hold.</param>
/// <param name="Requested">What this run asks for.</param>
public sealed record TeamBudget(string Team, TeamLimits Limits, string Month, BudgetAmounts Spent, BudgetAmounts Reserved, BudgetAmounts Requested);

/// <summary>What a run holds of its team's budget.</summary>
/// <param name="Team">The team.</param>
/// <param name="Reserved">Reserved at approval.</param>
/// <param name="ReservedAt">When.</param>
/// <param name="Settled">Dollars that counted in the end; null while it is reserved.</param>
/// <param name="SettledGpuHours">GPU-hours that counted in the end; null while it is reserved.</param>
/// <param name="TeamBalance">The team's balance without this run, when it was reserved or settled.</param>
public sealed record BudgetHold(
    string Team, BudgetAmounts Reserved, DateTimeOffset ReservedAt, Usd? Settled = null, decimal? SettledGpuHours = null, TeamBudget? TeamBalance = null);

/// <summary>A service quota against what a job needs of it.</summary>
/// <param name="Name">AWS's name of the quota.</param>
/// <param name="Limit">The account's value; null if it is not known.</param>
/// <param name="Needed">What the job needs.</param>
/// <param name="NodeOption">The node option that needs it, from 1.</param>
public sealed record QuotaUse(string Name, decimal? Limit, decimal Needed, int NodeOption = 1)
{
    /// <summary>True if the job cannot be started whatever else runs.</summary>
    public bool IsExceeded => Needed > Limit;
}
