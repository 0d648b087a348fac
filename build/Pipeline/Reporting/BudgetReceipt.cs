using System.Globalization;
using System.Text;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting;

/// <summary>The receipt's section on the team's budget: what the run took of it, and what is left of the month.</summary>
internal static class BudgetReceipt
{
    /// <summary>Writes it where the paying team has limits.</summary>
    public static void Write(StringBuilder page, RunRecord run)
    {
        var hold = run.Budget;
        if ((hold?.TeamBalance ?? run.Cost?.Team) is not { } team)
        {
            return;
        }

        // A run counts in the month in which it was reserved.
        var counts = hold?.ReservedAt.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture) == team.Month;
        var others = team.Spent + team.Reserved;
        var usd = counts ? hold!.Settled ?? hold.Reserved.Usd : Usd.Zero;
        var hours = counts ? hold!.SettledGpuHours ?? hold.Reserved.GpuHours : 0;
        page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### Budget of team {MarkdownText.Prose(team.Team)}, {MarkdownText.Prose(team.Month)} (UTC)").AppendLine();
        page.AppendLine("| | reserved | settled | other runs | left this month |").AppendLine("|---|--:|--:|--:|--:|");
        page.AppendLine(CultureInfo.InvariantCulture, $"| dollars | {Known(hold?.Reserved.Usd.ToString())} | {Known(hold?.Settled?.ToString())} | {others.Usd} | {Left(team.Limits.UsdPerMonth - others.Usd - usd, team.Limits.UsdPerMonth)} |");
        page.AppendLine(CultureInfo.InvariantCulture, $"| GPU-hours | {Known(Hours(hold?.Reserved.GpuHours))} | {Known(Hours(hold?.SettledGpuHours))} | {Hours(others.GpuHours)} | {LeftHours(team.Limits.GpuHoursPerMonth - others.GpuHours - hours, team.Limits.GpuHoursPerMonth)} |");
    }

    private static string Known(string? amount) => amount ?? "-";

    private static string? Hours(decimal? hours) => hours?.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Left(Usd? left, Usd? limit) =>
        left is { } some ? $"{(some > Usd.Zero ? some : Usd.Zero)} of {limit}" : "no limit";

    private static string LeftHours(decimal? left, decimal? limit) =>
        left is { } some ? $"{Hours(Math.Max(0, some))} of {Hours(limit)}" : "no limit";
}
