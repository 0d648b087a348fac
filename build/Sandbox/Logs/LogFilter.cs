using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>
/// The text form of CloudWatch Logs' filter patterns: every term has to occur, or one of the terms marked with <c>?</c>; <c>-</c> excludes.
/// </summary>
internal sealed partial class LogFilter(string? pattern)
{
    private readonly (char Mark, string Text)[] _terms =
    [
        .. Term().Matches(pattern ?? "").Select(match => (match.Groups["mark"].Value.FirstOrDefault('+'),
            match.Groups["phrase"].Success ? match.Groups["phrase"].Value : match.Groups["word"].Value)),
    ];

    public bool Matches(string message)
    {
        var found = _terms.ToLookup(term => term.Mark, term => message.Contains(term.Text, StringComparison.Ordinal));
        return found['+'].All(present => present)
            && !found['-'].Any(present => present)
            && (!found['?'].Any() || found['?'].Any(present => present));
    }

    [GeneratedRegex("""(?<mark>[?-])?(?:"(?<phrase>[^"]*)"|(?<word>[^\s"]+))""")]
    private static partial Regex Term();
}
