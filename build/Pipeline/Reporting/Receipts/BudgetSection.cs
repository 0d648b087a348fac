using System.Globalization;
using BuildPipeline.Budgets;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>The section on the team's budget: what the run took of it, and what is left of the month.</summary>
internal static class BudgetSection
{
    /// <summary>The section.</summary>
    /// <param name="hold">What the run holds; null before the approval.</param>
    /// <param name="team">The paying team.</param>
    public static Section Create(BudgetHold? hold, TeamBudget team)
    {
        // A run counts in the month in which it was reserved.
        var counts = hold?.ReservedAt.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture) == team.Month;
        var others = team.Spent + team.Reserved;
        var usd = counts ? hold!.Settled ?? hold.Reserved.Usd : Usd.Zero;
        var hours = counts ? hold!.SettledGpuHours ?? hold.Reserved.GpuHours : 0;
        return new(
            Text.From($"Budget of team {team.Team}, {team.Month} (UTC)"),
            [
                new Table(
                    [new(""), new("reserved", true), new("settled", true), new("other runs", true), new("left this month", true)],
                    [
                        Row("dollars", hold?.Reserved.Usd.ToString(), hold?.Settled?.ToString(), others.Usd.ToString(), Left(team.Limits.UsdPerMonth - others.Usd - usd, team.Limits.UsdPerMonth)),
                        Row("GPU-hours", Hours(hold?.Reserved.GpuHours), Hours(hold?.SettledGpuHours), Hours(others.GpuHours), LeftHours(team.Limits.GpuHoursPerMonth - others.GpuHours - hours, team.Limits.GpuHoursPerMonth)),
                    ]),
            ]);
    }

    private static IReadOnlyList<Text> Row(params IEnumerable<string?> cells) => [.. cells.Select(cell => Text.Own(cell ?? "-"))];

    private static string? Hours(decimal? hours) => hours?.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Left(Usd? left, Usd? limit) =>
        left is { } some ? $"{(some > Usd.Zero ? some : Usd.Zero)} of {limit}" : "no limit";

    private static string LeftHours(decimal? left, decimal? limit) =>
        left is { } some ? $"{Hours(Math.Max(0, some))} of {Hours(limit)}" : "no limit";
}
