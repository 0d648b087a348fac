using System.Text;
using BuildPipeline.Reporting.Receipts;

namespace BuildPipeline.Reporting.Markdown;

/// <summary>A receipt as Markdown: <c>summary.md</c>, the comment on GitHub and the page of a workflow run.</summary>
public static class MarkdownReceipt
{
    // GitHub refuses a comment over 65,536 characters; the marker and a safety margin are kept free.
    private const int Longest = 60_000;

    private const int MostRows = 50;

    /// <summary>The page.</summary>
    public static string Write(Receipt receipt)
    {
        var page = new StringBuilder();
        void Add(string block) => page.Append(block).Append("\n\n");
        Add($"## {SymbolOf(receipt.Tone)} {Inline(receipt.Sentence)}");
        foreach (var block in receipt.Lead.Select(Write))
        {
            Add(block);
        }

        foreach (var section in receipt.Sections)
        {
            Add($"### {Inline(section.Title)}");
            foreach (var block in section.Blocks.Select(Write).Where(block => block.Length > 0))
            {
                Add(block);
            }
        }

        return Cut($"{page.ToString().ReplaceLineEndings("\n").TrimEnd('\n')}\n");
    }

    private static string SymbolOf(Tone tone) => tone switch
    {
        Tone.Good => "✅",
        Tone.Warning => "⚠️",
        Tone.Bad => "❌",
        Tone.Refused => "⛔",
        Tone.Waiting => "📝",
        _ => "⏳",
    };

    private static string Write(Block block) => block switch
    {
        Paragraph paragraph => Inline(paragraph.Text),
        Items items => string.Join('\n', items.Texts.Select(text => $"- {Inline(text)}")),
        Message message => $"> {(message.Lead is { } lead ? Inline(lead) + " " : "")}{string.Join("\\\n> ", message.Lines.Select(MarkdownText.Prose))}",
        Fields fields => Write(new Table([new(""), new("")], [.. fields.Rows.Select(row => (IReadOnlyList<Text>)[Text.Own(row.Name), row.Value])])),
        Table table => Write(table),
        Log log => MarkdownText.Fence(log.Lines),
        AmountBars bars => TextBars.Write(bars),
        TimelineChart chart => MermaidTimeline.Write(chart.Timeline),
        LossPlot plot => string.Join("\n\n", plot.Curves.Curves.Take(2).Select(curve => $"{MarkdownText.Prose(curve.Metric)} over steps:\n\n{TextPlot.Write(curve, plot.Curves.Restarts)}")),
        _ => "",
    };

    private static string Write(Table table)
    {
        List<string> lines =
        [
            $"| {string.Join(" | ", table.Columns.Select(column => column.Name))} |".Replace("|  ", "| ", StringComparison.Ordinal),
            $"|{string.Join('|', table.Columns.Select(column => column.IsFigure ? "--:" : "---"))}|",
            .. table.Rows.Take(MostRows).Select(row => MarkdownText.Row(row.Select(Inline))),
        ];
        if (table.Rows.Count > MostRows)
        {
            lines.Add(FormattableString.Invariant($"\n{table.Rows.Count - MostRows} more are in run.json."));
        }

        return string.Join('\n', lines);
    }

    private static string Inline(Text text)
    {
        // Two dollars make a formula, whatever is between them, a code span's start included.
        var foreignDollars = text.Parts.Any(part => part.Kind is TextKind.Foreign or TextKind.Value && part.Content.Contains('$'));
        return string.Concat(text.Parts.Select(part => part.Kind switch
        {
            TextKind.Own when foreignDollars => MarkdownText.Amounts(part.Content),
            TextKind.Own => part.Content,
            TextKind.Strong => $"**{part.Content}**",
            TextKind.Passed => "✅",
            TextKind.Failed => "❌",
            TextKind.Value => MarkdownText.Code(part.Content),
            _ => MarkdownText.Prose(part.Content),
        }));
    }

    // A line is never cut; a block of code that would stay open is closed.
    private static string Cut(string text)
    {
        if (text.Length <= Longest)
        {
            return text;
        }

        var kept = text[..text.LastIndexOf('\n', Longest)];
        var fences = kept.Split('\n').Where(line => line.StartsWith("```", StringComparison.Ordinal)).ToList();
        var open = fences.Count % 2 == 0 ? "" : "\n" + fences[^1][..fences[^1].TakeWhile(character => character == '`').Count()];
        return $"{kept}{open}\n\n*Truncated; the full record is in run.json.*\n";
    }
}
