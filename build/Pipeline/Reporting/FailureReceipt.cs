using System.Text;
using BuildPipeline.Runs;

namespace BuildPipeline.Reporting;

/// <summary>The section of the receipt that shows why the program of a failed job failed.</summary>
internal static class FailureReceipt
{
    public static void Write(StringBuilder page, RunRecord run)
    {
        if (run.CurrentAttempt?.FailureLog is { Lines.Count: > 0 } log)
        {
            page.AppendLine().AppendLine($"### Last log lines of {MarkdownText.Prose(log.Host)}").AppendLine().AppendLine(MarkdownText.Fence(log.Lines));
        }
    }
}
