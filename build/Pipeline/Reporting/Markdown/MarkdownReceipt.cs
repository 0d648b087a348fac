using System.Text;
using BuildPipeline.Approvals;
using BuildPipeline.Reporting.Receipts;

namespace BuildPipeline.Reporting.Markdown;

/// <summary>A receipt as Markdown: <c>summary.md</c>, the comment on GitHub and the page of a workflow run.</summary>
public static class MarkdownReceipt
{
    // GitHub refuses a comment over 65,536 characters; the marker and a safety margin are kept free.
    private const int Longest = 60_000;

    // What is too long has fewer rows in each table, so no section is missing.
    private static readonly int[] MostRows = [50, 15, 5];

    /// <summary>The page.</summary>
    public static string Write(Receipt receipt) =>
        Cut(MostRows.Select(rows => Write(receipt, rows)).FirstOrDefault(page => page.Length <= Longest) ?? Write(receipt, MostRows[^1]));

    /// <summary>The row that says who approved, when, and with which digest: a line of each receipt of an approved run.</summary>
    public static string ApprovalRow(ApprovalRecord approval) =>
        MarkdownText.Row("Approved by", Inline(OriginSections.ApprovedBy(approval)));

    private static string Write(Receipt receipt, int rows)
    {
        var page = new StringBuilder();
        void Add(string block) => page.Append(block).Append("\n\n");
        Add($"## {SymbolOf(receipt.Tone)} {Inline(receipt.Sentence)}");
        foreach (var block in receipt.Lead.Select(block => Write(block, rows)))
        {
            Add(block);
        }

        foreach (var section in receipt.Sections)
        {
            Add($"### {Inline(section.Title)}");
            foreach (var block in section.Blocks.Select(block => Write(block, rows)).Where(block => block.Length > 0))
            {
                Add(block);
            }
        }

        return $"{page.ToString().ReplaceLineEndings("\n").TrimEnd('\n')}\n";
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

    private static string Write(Block block, int rows) => block switch
    {
        Paragraph paragraph => Inline(paragraph.Text),
        Items items => string.Join('\n', items.Texts.Select(text => $"- {Inline(text)}")),
        Message message => $"> {(message.Lead is { } lead ? Inline(lead) + " " : "")}{string.Join("\\\n> ", message.Lines.Select(MarkdownText.Prose))}",
        Fields fields => Write(new Table([new(""), new("")], [.. fields.Rows.Select(row => (IReadOnlyList<Text>)[Text.Own(row.Name), row.Value])]), rows),
        Table table => Write(table, rows),
        Log log => MarkdownText.Fence(log.Lines),
        AmountBars bars => TextBars.Write(bars),
        TimelineChart chart => MermaidTimeline.Write(chart.Timeline),
        LossPlot plot => string.Join("\n\n", plot.Curves.Curves.Where(curve => curve.Parts.Sum(part => part.Count) > 1).Take(2).Select(curve => $"{MarkdownText.Prose(curve.Metric)} over steps:\n\n{TextPlot.Write(curve, plot.Curves.Restarts)}")),
        _ => "",
    };

    private static string Write(Table table, int rows)
    {
        List<string> lines =
        [
            $"| {string.Join(" | ", table.Columns.Select(column => column.Name))} |".Replace("|  ", "| ", StringComparison.Ordinal),
            $"|{string.Join('|', table.Columns.Select(column => column.IsFigure ? "--:" : "---"))}|",
            .. table.Rows.Take(rows).Select(row => MarkdownText.Row(row.Select(Inline))),
        ];
        if (table.Rows.Count > rows)
        {
            lines.Add(FormattableString.Invariant($"\n{table.Rows.Count - rows} more are in run.json."));
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
