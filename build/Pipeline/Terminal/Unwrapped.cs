using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BuildPipeline.Terminal;

/// <summary>Lines that the console does not wrap, so a command or a path in them can be copied.</summary>
/// <param name="markup">The lines, with markup.</param>
internal sealed partial class Unwrapped(string markup) : IRenderable
{
    private const int AnyWidth = int.MaxValue / 2;

    private readonly Markup _markup = new(markup + "\n");

    /// <inheritdoc/>
    public Measurement Measure(RenderOptions options, int maxWidth) => ((IRenderable)_markup).Measure(options, AnyWidth);

    /// <inheritdoc/>
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => ((IRenderable)_markup).Render(options, AnyWidth);

    /// <summary>Breaks a message for a terminal of some width between words, but never within a command; what is indented stays as it is.</summary>
    /// <param name="indent">Columns before the first line, and indentation of further lines.</param>
    public static string Fit(string message, int width, int indent)
    {
        var fitted = new StringBuilder();
        foreach (var line in message.ReplaceLineEndings("\n").Split('\n'))
        {
            fitted.Append(fitted.Length == 0 ? "" : "\n");
            var column = indent;
            foreach (var word in line.StartsWith("  ", StringComparison.Ordinal) ? [line] : Words().Matches(line).Select(match => match.Value))
            {
                var breaks = column > indent && column + 1 + word.Length > width;
                fitted.Append(breaks ? "\n" + new string(' ', indent) : column > indent ? " " : "").Append(word);
                column = (breaks ? indent : column > indent ? column + 1 : column) + word.Length;
            }
        }

        return fitted.ToString();
    }

    // A command is the script and its options, each perhaps with quotes.
    [GeneratedRegex(@"\S*build\.(sh|ps1)( (--('[^']*'|[^\s'])+|'--[^']*'\S*))*\S*|\S+")]
    private static partial Regex Words();
}
