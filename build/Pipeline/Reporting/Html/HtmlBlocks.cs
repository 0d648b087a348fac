using BuildPipeline.Reporting.Receipts;

namespace BuildPipeline.Reporting.Html;

/// <summary>The blocks of a receipt as HTML.</summary>
internal static class HtmlBlocks
{
    private const int MostRows = 200;
    private const int MostNarrow = 3;

    /// <summary>A block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="section">The section's name, for those who do not see it.</param>
    public static Html Write(Block block, string section) => block switch
    {
        Paragraph paragraph => Html.From($"<p>{Html.From(paragraph.Text)}</p>\n"),
        Items items => Html.From($"<ul>{items.Texts.Select(text => Html.From($"<li>{Html.From(text)}</li>"))}</ul>\n"),
        Message message => Html.From($"<blockquote>{(message.Lead is { } lead ? Html.From($"<p>{Html.From(lead)}</p>") : default)}{message.Lines.Select(Line)}</blockquote>\n"),
        Log log => Html.From($"<pre tabindex=\"0\" role=\"group\" aria-label=\"{section}\">{log.Lines.Select(line => Html.From($"{InertText.Escape(line)}\n"))}</pre>\n"),
        Fields fields => Html.From($"<dl>{fields.Rows.Select(row => Html.From($"<div><dt>{row.Name}</dt><dd>{Html.From(row.Value)}</dd></div>\n"))}</dl>\n"),
        Table table => Write(table, section),
        AmountBars bars => BarChart.Draw(bars.Amounts),
        GoodputBar bar => GoodputChart.Draw(bar.Goodput),
        TimelineChart chart => TimelineDrawing.Draw(chart.Timeline),
        LossPlot plot => LossDrawing.Draw(plot.Curves),
        _ => default,
    };

    // A command is indented, as on a terminal.
    private static Html Line(string line) => line.StartsWith("  ", StringComparison.Ordinal)
        ? Html.From($"<p><code>{InertText.OneLine(line)}</code></p>")
        : Html.From($"<p>{InertText.OneLine(line)}</p>");

    private static Html Write(Table table, string section)
    {
        var more = table.Rows.Count <= MostRows ? default : Html.From($"<p>{table.Rows.Count - MostRows} more are in run.json.</p>\n");
        var shape = table.Columns.Count > MostNarrow ? "table wide" : "table";
        return Html.From($"<div class=\"{shape}\" tabindex=\"0\" role=\"group\" aria-label=\"{section}: {string.Join(", ", table.Columns.Select(column => column.Name).Where(name => name.Length > 0))}\"><table>\n<thead><tr>{table.Columns.Select(Header)}</tr></thead>\n<tbody>\n{table.Rows.Take(MostRows).Select(row => Row(table.Columns, row))}</tbody></table></div>\n{more}");
    }

    private static Html Header(Column column) => column.Name.Length == 0
        ? Html.From($"<td></td>")
        : Html.From($"<th scope=\"col\"{ClassOf(column)}>{column.Name}</th>");

    private static Html Row(IReadOnlyList<Column> columns, IReadOnlyList<Text> row) =>
        Html.From($"<tr>{row.Select((cell, index) => Html.From($"<td{ClassOf(columns[index])}>{Html.From(cell)}</td>"))}</tr>\n");

    private static Html ClassOf(Column column) => column.IsFigure ? new(" class=\"figure\"") : default;
}
