using BuildPipeline.Goodput;
using BuildPipeline.Secrets;

namespace BuildPipeline.Reporting.Receipts;

/// <summary>A part of a section.</summary>
public abstract record Block;

/// <summary>Sentences.</summary>
public sealed record Paragraph(Text Text) : Block;

/// <summary>Sentences, one a line.</summary>
public sealed record Items(IReadOnlyList<Text> Texts) : Block;

/// <summary>A message as a terminal shows it: lines, of which some are commands.</summary>
/// <param name="Lead">What comes before it; null is nothing.</param>
/// <param name="Lines">The lines.</param>
public sealed record Message(Text? Lead, IReadOnlyList<string> Lines) : Block
{
    private const int MostLines = 40;

    /// <summary>A message of others.</summary>
    public static Message From(Text? lead, string content) =>
        new(lead, [.. InertText.Lines(content).Where(line => !string.IsNullOrWhiteSpace(line)).Take(MostLines).Select(Text.Shown).DefaultIfEmpty("(none)")]);
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its header.</param>
/// <param name="IsFigure">True if it has numbers.</param>
public sealed record Column(string Name, bool IsFigure = false);

/// <summary>A table.</summary>
public sealed record Table(IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<Text>> Rows) : Block;

/// <summary>Names, each with its value.</summary>
public sealed record Fields(IReadOnlyList<(string Name, Text Value)> Rows) : Block;

/// <summary>The last lines of a log.</summary>
public sealed record Log(IReadOnlyList<string> Lines) : Block
{
    private const int MostLines = 40;
    private const int LongestSearched = 200_000;

    /// <summary>A log of others: its last lines, up to the first that holds a secret.</summary>
    public static Log From(IReadOnlyList<string> lines)
    {
        var text = string.Join('\n', lines);
        var last = InertText.Lines(text[Math.Max(0, text.Length - LongestSearched)..]);
        return new([.. SecretScan.CutBefore(last).TakeLast(MostLines).Select(Text.Shortened)]);
    }
}

/// <summary>Dollars, each with a bar, all on one scale; null is unknown.</summary>
public sealed record AmountBars(IReadOnlyList<(string Name, Usd? Amount)> Amounts) : Block;

/// <summary>What a bill went into, as one bar.</summary>
public sealed record GoodputBar(GoodputRecord Goodput) : Block;

/// <summary>When each job of a run did what.</summary>
public sealed record TimelineChart(Timeline Timeline) : Block;

/// <summary>Curves of the loss.</summary>
public sealed record LossPlot(LossCurves Curves) : Block;
