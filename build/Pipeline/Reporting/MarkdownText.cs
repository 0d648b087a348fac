using System.Text.RegularExpressions;
using BuildPipeline.Secrets;

namespace BuildPipeline.Reporting;

/// <summary>Text of others in GitHub's Markdown. GitHub looks for mentions, references and links after it has parsed the Markdown, so a backslash does not help: only code is left alone. A program may print its secrets, and a comment has more readers than a log: sentences end before them.</summary>
internal static partial class MarkdownText
{
    /// <summary>A value, for example a name or an address, as a code span on one line.</summary>
    public static string Code(string text)
    {
        var line = InertText.OneLine(text);
        if (line.Length == 0)
        {
            return "-";
        }

        var ticks = new string('`', 1 + LongestRun(line));
        var pad = line.StartsWith('`') || line.EndsWith('`') ? " " : "";
        return ticks + pad + line + pad + ticks;
    }

    /// <summary>A sentence on one line: plain words stay, and every word that could mean something to GitHub becomes code.</summary>
    public static string Prose(string text)
    {
        var words = SecretScan.CutBefore(InertText.OneLine(text)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var plain = words.Select((word, index) => IsPlain(word, isFirst: index == 0)).ToArray();

        // Two dollars make a formula, whatever is between them, a code span's start included.
        var dollars = words.Where((word, index) => !plain[index] && word.Contains('$')).Any();
        var parts = new List<(bool Plain, string Words)>();
        foreach (var (word, isPlain) in words.Zip(plain, (word, isPlain) => (word, isPlain && !(dollars && word.Contains('$')))))
        {
            if (parts is [.., var last] && last.Plain == isPlain)
            {
                parts[^1] = (isPlain, $"{last.Words} {word}");
            }
            else
            {
                parts.Add((isPlain, word));
            }
        }

        return parts.Count == 0 ? "(none)" : string.Join(' ', parts.Select(part => part.Plain ? part.Words : Code(part.Words)));
    }

    /// <summary>A text of ours beside text of others that has dollars: each amount as code, so no two dollars are left to make a formula.</summary>
    public static string Amounts(string text) => Amount().Replace(text, amount => Code(amount.Value));

    /// <summary>Lines of a log as a block of code.</summary>
    public static string Fence(IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines.SelectMany(InertText.Lines).Select(line => InertText.Escape(line)));
        var ticks = new string('`', Math.Max(3, 1 + LongestRun(text)));
        return $"{ticks}text\n{text}\n{ticks}";
    }

    /// <summary>A row of a table, of cells that are Markdown already.</summary>
    /// <remarks>A pipe ends a cell even inside code, but for one with a backslash before it; a backslash that was there already would escape that one.</remarks>
    public static string Row(params IEnumerable<string> cells) =>
        $"| {string.Join(" | ", cells.Select(cell => cell.Replace("\\|", "\\ |", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)))} |";

    private static int LongestRun(string text) => Ticks().Matches(text).Select(match => match.Length).DefaultIfEmpty().Max();

    private static bool IsPlain(string word, bool isFirst) =>
        Plain().IsMatch(word) && !Meaning().IsMatch(word) && !(isFirst && ListNumber().IsMatch(word));

    [GeneratedRegex(@"\$[0-9][0-9.,]*[0-9]")]
    private static partial Regex Amount();

    [GeneratedRegex("`+")]
    private static partial Regex Ticks();

    // Letters and digits, dollars, and the marks of a sentence around and inside of them.
    [GeneratedRegex(@"^[(""']*(\$(?=[0-9]))?[\p{L}\p{Nd}]+([.,:;'’/+=%×_-]{1,2}[\p{L}\p{Nd}]+)*%?(\(s\))?[)""'.,:;?…]*$|^[×…/]$")]
    private static partial Regex Plain();

    // What is linked or replaced although it is letters and digits: a commit, GH-1, www.x, scheme://, :name: of an emoji.
    [GeneratedRegex(@"\b[0-9A-Fa-f]{7,40}\b|\bgh-[0-9]|www\.|//|:(?![0-9]{2}:[0-9]{2}Z?\b)[\w+-]+:|__", RegexOptions.IgnoreCase)]
    private static partial Regex Meaning();

    [GeneratedRegex(@"^[0-9]+[.)]$")]
    private static partial Regex ListNumber();
}
