using BuildPipeline.Approvals;
using BuildPipeline.Runs;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows the three figures of a price, each against the limit, and the lines behind them.</summary>
public static class CostView
{
    private const int BarWidth = 30;

    /// <summary>Shows a price.</summary>
    public static void Show(IAnsiConsole console, CostRecord cost)
    {
        var lines = new Table().Border(TableBorder.Simple).AddColumn("What").AddColumn(Right("Quantity")).AddColumn(Right("Unit price")).AddColumn(Right("Expected")).AddColumn(Right("At most"));
        foreach (var line in cost.Lines)
        {
            lines.AddRow(
                Markup.Escape(line.Name) + (line.PerMonth is { } month ? $"\n[dim]{month} a month while it stands[/]" : ""),
                $"{line.Quantity} {Markup.Escape(line.Unit)}s", Money(line.UnitPrice), Money(line.Expected), Money(line.Ceiling));
        }

        console.Write(lines);
        console.Write(Figures(cost));
        BudgetView.ShowQuotas(console, cost.Quotas);
        if (cost.Team is { } budget)
        {
            BudgetView.Show(console, budget);
        }

        console.MarkupLine($"[dim]Prices: {Markup.Escape(cost.Prices.Source)}, {cost.Prices.Date:yyyy-MM-dd}.[/]");
    }

    /// <summary>Shows what an approval would bind, and its digest.</summary>
    public static void ShowSubject(IAnsiConsole console, ApprovalSubject subject)
    {
        console.MarkupLine($"To approve: [bold]{subject.Ceiling}[/] at most, until {Format.Moment(subject.ExpiresAt)}, digest");
        console.MarkupLine($"  [bold]{ApprovalDigest.Of(subject)}[/]");
    }

    private static Grid Figures(CostRecord cost)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().RightAligned().NoWrap());
        var whole = Math.Max(cost.Limit.Amount, cost.Ceiling?.Amount ?? 0);
        void Figure(string name, Usd? amount, string color) => grid.AddRow(
            name,
            amount is { } known && whole > 0 ? $"[{color}]{new string('█', Math.Max(1, (int)(known.Amount / whole * BarWidth)))}[/]" : "[dim]no bar: unknown[/]",
            Money(amount));
        Figure("expected", cost.Expected, "green");
        Figure("p90", cost.P90, "yellow");
        Figure("ceiling", cost.Ceiling, cost.Verdict == GateVerdict.Refuse ? "red" : "blue");
        Figure("limit of a run", cost.Limit, "grey");
        return grid;
    }

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned().NoWrap();

    private static string Money(Usd? amount) => amount is null ? "[red]unknown[/]" : Markup.Escape(Format.Money(amount));
}
