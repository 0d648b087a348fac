using System.Globalization;
using BuildPipeline.Budgets;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows a team's budget, and the service quotas of a job.</summary>
public static class BudgetView
{
    /// <summary>Shows the balance of a team, with what the run asks for; a limit that is not set is shown as none.</summary>
    public static void Show(IAnsiConsole console, TeamBudget budget)
    {
        var (limits, spent, reserved, requested) = (budget.Limits, budget.Spent, budget.Reserved, budget.Requested);
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn($"Team {Markup.Escape(budget.Team)}, {Markup.Escape(budget.Month)} (UTC)").AddColumn(Right("Spent")).AddColumn(Right("Reserved")).AddColumn(Right("This run")).AddColumn(Right("Limit"));
        table.AddRow("dollars a month", spent.Usd.ToString(), reserved.Usd.ToString(), requested.Usd.ToString(), Limit(limits.UsdPerMonth?.ToString()));
        table.AddRow("dollars a run", "-", "-", requested.Usd.ToString(), Limit(limits.UsdPerRun?.ToString()));
        table.AddRow("GPU-hours a month", Hours(spent.GpuHours), Hours(reserved.GpuHours), Hours(requested.GpuHours), Limit(limits.GpuHoursPerMonth is { } hours ? Hours(hours) : null));
        table.AddRow("nodes at once", "-", $"{reserved.Nodes}", $"{requested.Nodes}", Limit(limits.MaxNodes?.ToString(CultureInfo.InvariantCulture)));
        console.Write(table);
    }

    /// <summary>Shows the quotas of a job; one that could not be read is called unknown.</summary>
    public static void ShowQuotas(IAnsiConsole console, IReadOnlyList<QuotaUse> quotas)
    {
        if (quotas.Count == 0)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("Service quota").AddColumn(Right("Needed")).AddColumn(Right("Limit"));
        foreach (var quota in quotas.DistinctBy(quota => (quota.Name, quota.Needed)))
        {
            var limit = quota.Limit is { } known ? $"{known:0}" : "unknown";
            table.AddRow(Markup.Escape(quota.Name), $"{quota.Needed:0}", quota.IsExceeded ? $"[red]{limit}[/]" : limit);
        }

        console.Write(table);
    }

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned().NoWrap();

    private static string Limit(string? limit) => limit ?? "[dim]none[/]";

    private static string Hours(decimal hours) => hours.ToString("0.##", CultureInfo.InvariantCulture);
}
