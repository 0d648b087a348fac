using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace BuildPipeline.Kernel;

/// <summary>Text of others (a job's log, a failure, a name) as it may go to a terminal or into the log of a workflow.</summary>
public static partial class InertText
{
    /// <summary>Shows what a terminal or GitHub's runner would obey: control characters as symbols, workflow commands broken up.</summary>
    /// <param name="text">Line feeds and tabs are kept.</param>
    /// <param name="startsLine">False if it continues a line.</param>
    public static string Escape(string text, bool startsLine = true)
    {
        // The runner reads ::command:: at the start of a line, whatever spaces come before, and ##[command] anywhere.
        var shown = AnywhereCommand().Replace(Show(text), "## [");
        return startsLine ? LineCommand().Replace(shown, "$1: :") : LaterLineCommand().Replace(shown, "$1: :");
    }

    /// <summary>The same on one line.</summary>
    public static string OneLine(string text) => Escape(string.Join(' ', Lines(text)).Trim());

    /// <summary>The lines of a text, whatever ends them; a progress bar's carriage returns make lines too.</summary>
    public static IReadOnlyList<string> Lines(string text)
    {
        var lines = LineEnd().Split(text);
        return lines is [.., ""] and not [_] ? lines[..^1] : lines;
    }

    /// <summary>The lines of a node's log event, each behind a prefix that says whose it is.</summary>
    public static IEnumerable<string> Log(string prefix, string text) => Lines(text).Select(line => Escape($"{prefix} {line}"));

    private static string Show(string text)
    {
        if (text.All(character => character is '\n' or '\t' or (>= ' ' and <= '~')))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            shown.Append(rune.Value switch
            {
                '\n' or '\t' => rune.ToString(),
                < ' ' => ((char)(0x2400 + rune.Value)).ToString(),
                0x7f => "␡",
                _ when IsHidden(rune) => string.Create(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>"),
                _ => rune.ToString(),
            });
        }

        return shown.ToString();
    }

    /// <summary>True for a character that is not shown as it is: format characters turn the direction of what follows, or are not seen at all.</summary>
    public static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    [GeneratedRegex(@"^(\s*)::(?=[A-Za-z])", RegexOptions.Multiline)]
    private static partial Regex LineCommand();

    [GeneratedRegex(@"(?<=\n)(\s*)::(?=[A-Za-z])")]
    private static partial Regex LaterLineCommand();

    [GeneratedRegex(@"##\[")]
    private static partial Regex AnywhereCommand();

    [GeneratedRegex("\r\n|[\n\r\v\f\u0085\u2028\u2029]")]
    private static partial Regex LineEnd();
}
