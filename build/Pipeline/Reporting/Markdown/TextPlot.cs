using BuildPipeline.Reporting.Receipts;

namespace BuildPipeline.Reporting.Markdown;

/// <summary>A curve as a plot of text, with its restarts below.</summary>
internal static class TextPlot
{
    private const int Width = 60;
    private const int Height = 8;
    private const int Gutter = 10;

    /// <summary>A block of code.</summary>
    public static string Write(LossCurve curve, IReadOnlyList<Restart> restarts)
    {
        var scale = LossScale.Calculate([curve]);
        int ColumnOf(long step) => (int)(scale.X(step) * (Width - 1));
        var rows = Enumerable.Range(0, Height).Select(_ => Blank()).ToArray();
        foreach (var point in curve.Parts.SelectMany(part => part))
        {
            rows[(int)Math.Round((1 - scale.Y(point.Value)) * (Height - 1))][ColumnOf(point.Step)] = '•';
        }

        var marks = Blank();
        foreach (var step in restarts.Select(restart => restart.Step).OfType<long>())
        {
            marks[ColumnOf(step)] = '^';
        }

        var ends = FormattableString.Invariant($"{scale.First}").PadRight(Width - FormattableString.Invariant($"{scale.Last}").Length) + FormattableString.Invariant($"{scale.Last}");
        return MarkdownText.Fence(
        [
            .. rows.Select((row, index) => Line(index == 0 ? Format.Value(scale.High) : index == Height - 1 ? Format.Value(scale.Low) : "", '┤', row)),
            Line("step", '└', new string('─', Width).ToCharArray()),
            Line("", ' ', ends.ToCharArray()),
            .. restarts.Any(restart => restart.Step is not null) ? [Line("restart", ' ', marks)] : Array.Empty<string>(),
        ]);
    }

    private static char[] Blank() => new string(' ', Width).ToCharArray();

    private static string Line(string label, char axis, char[] cells) => $"{label,Gutter} {axis}{new string(cells)}".TrimEnd();
}
