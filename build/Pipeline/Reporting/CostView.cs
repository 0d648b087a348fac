using BuildPipeline.Approvals;
using BuildPipeline.Costing;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>Shows the three figures of a price, each against the limit, and the lines behind them.</summary>
public static class CostView
{
    /// <summary>Shows a price.</summary>
    public static void Show(IAnsiConsole console, CostRecord cost)
    {
        var lines = new Table().Border(TableBorder.Simple).AddColumn("What").AddColumn(Right("Quantity")).AddColumn(Right("Unit price")).AddColumn(Right("Expected")).AddColumn(Right("At most"));
        foreach (var line in cost.Lines)
        {
            lines.AddRow(
                Markup.Escape(line.Name) + (line.PerMonth is { } month ? $"\n[dim]{month} a month until destroyed[/]" : ""),
                Markup.Escape(Format.Cell($"{line.Quantity} {line.Unit}s")), Money(line.UnitPrice), Money(line.Expected), Money(line.Ceiling));
        }

        console.Write(lines);
        if (cost.NodeOptions.Count > 1)
        {
            console.Write(NodeOptions(cost));
        }

        console.Write(Figures(cost));
        if (cost.CostSimulation is { } sampledRun)
        {
            console.Say(CostText.SampledRun(sampledRun));
            if (CostText.StopAdvice(sampledRun) is { } advice)
            {
                console.Warn(advice);
            }
        }

        if (cost.Checkpoints is { } checkpoints)
        {
            console.Say($"Checkpoints: {checkpoints.Reason}");
        }

        foreach (var option in CostText.ServiceOptions(cost))
        {
            console.Say(option);
        }

        foreach (var source in CostText.Sources(cost))
        {
            console.Remark(source);
        }

        foreach (var note in cost.Prices.Notes)
        {
            console.Warn(note);
        }

        BudgetView.ShowQuotas(console, cost.Quotas);
        if (cost.Team is { } budget)
        {
            BudgetView.Show(console, budget);
        }
    }

    /// <summary>Shows what an approval would bind, and its digest.</summary>
    public static void ShowSubject(IAnsiConsole console, ApprovalSubject subject)
    {
        console.Say($"Approval requested: up to {subject.Ceiling}, valid until {Format.Moment(subject.ExpiresAt)}. Digest:\n  {ApprovalDigest.Compute(subject)}");
    }

    private static Table NodeOptions(CostRecord cost)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("Option").AddColumn("Nodes").AddColumn(Right("An hour")).AddColumn(Right("At most")).AddColumn("Quotas");
        foreach (var (index, nodeOption) in cost.NodeOptions.Index())
        {
            table.AddRow(
                $"{index + 1}", Markup.Escape($"{nodeOption.InstanceCount} x {nodeOption.InstanceType}, {(nodeOption.UseSpotInstances ? "managed spot" : "on-demand")}"),
                Money(nodeOption.RatePerHour), Money(nodeOption.Ceiling), cost.QuotaShortfallMessage(index + 1) is null ? "" : "[red]too small: skipped[/]");
        }

        return table;
    }

    private static Grid Figures(CostRecord cost)
    {
        string[] colors = ["green", "yellow", cost.Verdict == GateVerdict.Refuse ? "red" : "blue", "grey"];
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().RightAligned().NoWrap());
        foreach (var (figure, color) in CostText.Bars(cost).Zip(colors))
        {
            grid.AddRow(figure.Name, figure.Bar is null ? "[dim]unknown[/]" : $"[{color}]{figure.Bar}[/]", Money(figure.Amount));
        }

        return grid;
    }

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned().NoWrap();

    private static string Money(Usd? amount) => amount is null ? "[red]unknown[/]" : Markup.Escape(Format.Money(amount));
}
