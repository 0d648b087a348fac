using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>
/// CloudWatch Logs' filter patterns for text: every term has to occur; a term with <c>-</c> must not; of terms with <c>?</c> one has to occur.
/// </summary>
/// <remarks>As AWS documents it, terms with <c>?</c> count only where there are no others. JSON, space-delimited and <c>%</c> patterns are refused.</remarks>
internal sealed partial class LogFilter
{
    private readonly ILookup<char, string> _terms;

    private LogFilter(IEnumerable<(char Mark, string Text)> terms) => _terms = terms.ToLookup(term => term.Mark, term => term.Text);

    /// <exception cref="AwsError">The pattern is malformed, or of a kind that the sandbox does not emulate.</exception>
    public static LogFilter Parse(string? pattern)
    {
        var text = pattern?.Trim() ?? "";
        var kind = text.FirstOrDefault() switch
        {
            '{' => "JSON",
            '[' => "space-delimited",
            '%' => "regular expression",
            _ => null,
        };
        if (kind is not null)
        {
            throw Invalid($"The sandbox does not emulate {kind} filter patterns: use terms.");
        }

        var terms = new List<(char, string)>();
        for (var at = 0; at < text.Length;)
        {
            var term = Term().Match(text, at);
            if (!term.Success)
            {
                var rest = text[at..].Split(' ')[0];
                throw Invalid($"Invalid character(s) in term '{rest}': a term of other characters than letters, digits and _ needs double quotes.");
            }

            terms.Add((term.Groups["mark"].Value.FirstOrDefault('+'), term.Groups["phrase"].Success ? Unescaped(term.Groups["phrase"].Value) : term.Groups["word"].Value));
            at += term.Length;
        }

        return new LogFilter(terms);
    }

    public bool Matches(string message)
    {
        var occurs = (string term) => message.Contains(term, StringComparison.Ordinal);
        return _terms['+'].Any() || _terms['-'].Any()
            ? _terms['+'].All(occurs) && !_terms['-'].Any(occurs)
            : !_terms['?'].Any() || _terms['?'].Any(occurs);
    }

    private static string Unescaped(string phrase) => phrase.Replace("\\\"", "\"", StringComparison.Ordinal);

    private static AwsError Invalid(string message) => new(400, "InvalidParameterException", message);

    [GeneratedRegex("""\G(?<mark>[?-])?(?:"(?<phrase>(?:[^"\\]|\\.)*)"|(?<word>\w+))(?:\s+|\z)""")]
    private static partial Regex Term();
}
