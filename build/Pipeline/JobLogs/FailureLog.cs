using BuildPipeline.Secrets;

namespace BuildPipeline.JobLogs;

/// <summary>The last log lines of the node that a job failed on.</summary>
/// <param name="Host">The node, for example <c>algo-1</c>.</param>
/// <param name="Lines">Its last lines, oldest first, up to where they hold a secret; each cut where it is very long.</param>
public sealed record FailureLog(string Host, IReadOnlyList<string> Lines)
{
    private const int LongestLine = 1000;
    private const int LongestSearched = 4000;
    private const int LongestMatch = 80;

    private static readonly string[] Signs = ["Traceback", "Error", "error", "Exception"];

    /// <summary>The log of the node that failed: the one that wrote the reason, or else one that wrote of an error.</summary>
    /// <param name="reason">The service's reason of the failure; the service does not say which node it comes from.</param>
    /// <param name="nodes">The last lines of each node.</param>
    public static FailureLog? From(string? reason, IReadOnlyList<FailureLog> nodes)
    {
        if (nodes.Count == 0)
        {
            return null;
        }

        var text = TextOf(reason);
        var failed = nodes.FirstOrDefault(node => text.Length > 0 && node.Lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
            ?? nodes.FirstOrDefault(node => node.Lines.Any(line => Signs.Any(sign => line.Contains(sign, StringComparison.Ordinal))))
            ?? nodes[0];
        // Of a secret that was shortened nobody could tell that it is one, so more is searched than is kept.
        var lines = SecretScan.CutSecret(string.Join('\n', failed.Lines.Select(line => Shortened(line, LongestSearched)))).Split('\n');
        return failed with { Lines = [.. lines.Select(line => Shortened(line, LongestLine))] };
    }

    private static string Shortened(string line, int length) => line.Length <= length ? line : line[..length] + "…";

    // "AlgorithmError: SENTENCE, exit code: 1" where the program left a sentence; the start of that sentence.
    private static string TextOf(string? reason)
    {
        var text = reason ?? "";
        text = text.StartsWith("AlgorithmError: ", StringComparison.Ordinal) ? text["AlgorithmError: ".Length..] : text;
        var end = text.LastIndexOf(", exit code: ", StringComparison.Ordinal);
        text = (end >= 0 ? text[..end] : text).Split('\n')[0].Trim();
        return text.Length <= LongestMatch ? text : text[..LongestMatch];
    }
}
