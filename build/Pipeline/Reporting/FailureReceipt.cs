using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting;

/// <summary>The section of the receipt that shows why the program of a failed job failed.</summary>
internal static partial class FailureReceipt
{
    public static void Write(StringBuilder page, RunRecord run)
    {
        if (run.CurrentAttempt?.FailureLog is not { Lines.Count: > 0 } log)
        {
            return;
        }

        page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"### Last log lines of {log.Host}").AppendLine().AppendLine(Fence(log.Lines));
    }

    // A fence of more backticks than any line has cannot be closed by one.
    private static string Fence(IReadOnlyList<string> lines)
    {
        var text = string.Join('\n', lines.Select(line => Control().Replace(line, "\uFFFD")));
        var ticks = new string('`', Math.Max(3, 1 + Ticks().Matches(text).Select(match => match.Length).DefaultIfEmpty().Max()));
        return $"{ticks}text\n{text}\n{ticks}";
    }

    [GeneratedRegex("`+")]
    private static partial Regex Ticks();

    [GeneratedRegex(@"[\p{Cc}-[\t]]")]
    private static partial Regex Control();
}
