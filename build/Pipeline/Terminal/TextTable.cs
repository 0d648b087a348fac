using Spectre.Console;

namespace BuildPipeline.Terminal;

/// <summary>A column of a plain table.</summary>
/// <param name="Header">Its header.</param>
/// <param name="IsFigure">True aligns it to the right.</param>
/// <param name="Rank">0 is always shown; of the others, the highest are left out first where a terminal is too narrow for all.</param>
public sealed record TextColumn(string Header, bool IsFigure = false, int Rank = 0);

/// <summary>A table without a frame, one line a row, for many rows and for other programs that read lines.</summary>
public static class TextTable
{
    private const string Gap = "  ";

    /// <summary>Shows the rows. A terminal gets the columns that fit its width, a log gets all.</summary>
    /// <param name="rows">The cells of each row, one for each column.</param>
    public static void WriteTable(this IAnsiConsole console, IReadOnlyList<TextColumn> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. columns.Select((column, index) => rows.Select(row => row[index].Length).Append(column.Header.Length).Max())];
        var shown = Shown(columns, widths, console.Profile.Out.IsTerminal ? console.Profile.Width : int.MaxValue);
        string Line(IReadOnlyList<string> cells) => string.Join(Gap, shown.Select(index =>
            columns[index].IsFigure ? cells[index].PadLeft(widths[index]) : cells[index].PadRight(widths[index]))).TrimEnd();

        console.Write(new Unwrapped($"[bold]{Markup.Escape(Line([.. columns.Select(column => column.Header)]))}[/]"));
        foreach (var row in rows)
        {
            console.WriteUnwrapped(Line(row));
        }
    }

    // In the order of the columns.
    private static IReadOnlyList<int> Shown(IReadOnlyList<TextColumn> columns, int[] widths, int width)
    {
        var left = columns.Index().OrderBy(column => column.Item.Rank).ToList();
        while (left[^1].Item.Rank > 0 && left.Sum(column => widths[column.Index] + Gap.Length) - Gap.Length > width)
        {
            left.RemoveAt(left.Count - 1);
        }

        return [.. left.Select(column => column.Index).Order()];
    }
}
