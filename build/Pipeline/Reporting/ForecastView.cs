using System.Globalization;
using BuildPipeline.Costing;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Reporting;

/// <summary>A comparison of ways to do the same work, in the way of a travel site: the cheapest first, the chosen one marked.</summary>
public static class ForecastView
{
    /// <summary>More than fits a screen helps nobody; all rows are in the run's file.</summary>
    private const int MostRows = 15;

    private static readonly (string Header, bool IsFigure)[] Columns =
        [("  Nodes", false), ("Market", false), ("Speed", true), ("Expected", true), ("p90", true), ("Done", true), ("Late", true)];

    /// <summary>Shows the first rows, and the chosen one wherever it is.</summary>
    /// <param name="work">Running time of the chosen way without any disturbance.</param>
    /// <param name="deadline">Time from submission that the risk is about: the deadline, or the time after which the service stops the job.</param>
    /// <param name="hasDeadline">False if the job has no deadline.</param>
    /// <param name="notes">What could not be used as it should.</param>
    public static void Show(IAnsiConsole console, IReadOnlyList<ForecastRow> rows, TimeSpan work, TimeSpan deadline, bool hasDeadline, IReadOnlyList<string> notes)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var (header, isFigure) in Columns)
        {
            var column = new TableColumn(header).NoWrap();
            table.AddColumn(isFigure ? column.RightAligned() : column);
        }

        var cheapest = rows.Where(row => row.DeadlineRisk <= 0.05).Take(1).ToList();
        foreach (var row in rows.Where((row, index) => index < MostRows || row.Chosen || cheapest.Contains(row)))
        {
            table.AddRow([.. Cells(row).Select(cell => row.Chosen ? $"[bold]{cell}[/]" : cell)]);
        }

        console.Write(table);
        console.Remark($"The same work, {Durations.InWords(work)} as it is configured (marked ▶). \"Late\" is the share of simulations that do not finish within {Durations.InWords(deadline)}{(hasDeadline ? " (the deadline)" : ", when SageMaker stops the job")}. Costs cover the nodes until the work is done; the cost gate counts only up to max_runtime_seconds.");
        console.Remark("Speed is estimated from public data sheets (accelerators x dense half-precision teraflops, less 8% for each doubling of the nodes): an assumption, not a measurement.");
        if (cheapest is [var best])
        {
            console.Say($"Cheapest that is late in at most 5% of simulations: {best.Nodes} x {best.InstanceType}, {MarketOf(best)}, {Format.Money(best.Expected)} expected.");
        }

        foreach (var note in notes)
        {
            console.Warn(note);
        }
    }

    private static IEnumerable<string> Cells(ForecastRow row)
    {
        var color = row.DeadlineRisk switch { <= 0.05 => "green", <= 0.25 => "yellow", _ => "red" };
        return
        [
            $"{(row.Chosen ? '▶' : ' ')} {row.Nodes} x {Markup.Escape(row.InstanceType)}",
            MarketOf(row),
            row.Throughput.ToString(row.Throughput < 10 ? "0.00x" : "0x", CultureInfo.InvariantCulture),
            Markup.Escape(Format.Money(row.Expected)),
            Markup.Escape(Format.Money(row.P90)),
            Rough(row.Finish),
            $"[{color}]{row.DeadlineRisk.ToString("0%", CultureInfo.InvariantCulture)}[/]",
        ];
    }

    private static string Rough(TimeSpan span) =>
        span.TotalHours >= 1 ? span.TotalHours.ToString("0.0 'h'", CultureInfo.InvariantCulture) : span.TotalMinutes.ToString("0 'min'", CultureInfo.InvariantCulture);

    private static string MarketOf(ForecastRow row) => row.Spot ? "spot" : "on-demand";
}
