using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>Turns what terraform printed into one sentence and the documented exit code.</summary>
internal static partial class TerraformFailure
{
    private static readonly string[] ConfigurationTitles =
    [
        "Invalid value for", "No value for required variable", "Value for undeclared variable", "Invalid expression", "Unsupported argument",
        "Missing required argument", "Failed to read variables file", "Invalid variable", "Argument or block definition required",
        "Invalid multi-line string", "Missing newline after argument", "Missing item separator", "Unclosed configuration block", "Invalid character",
        "Variables not allowed", "Attribute redefined", "Invalid number literal", "Unterminated template string", "Extra characters after expression",
        "No valid credential sources found", "BucketAlreadyExists", "BucketAlreadyOwnedByYou", "Backend initialization required", "Resource precondition failed",
    ];

    /// <summary>The failure as a pipeline exception.</summary>
    /// <param name="command">The terraform command, for example <c>plan</c>.</param>
    /// <param name="lines">All it printed.</param>
    /// <param name="logFile">Where the whole output is.</param>
    public static PipelineException Describe(string command, IReadOnlyList<string> lines, string logFile)
    {
        var blocks = Blocks(lines);
        var text = string.Join("; ", blocks.Select(Sentence).Distinct().Take(3));
        if (blocks.Count == 0)
        {
            return new PipelineException(ExitCode.Failed, $"terraform {command} failed; its output is in {logFile}.");
        }

        if (blocks.Exists(block => block[0].Contains("Error acquiring the state lock", StringComparison.Ordinal)))
        {
            return new PipelineException(
                ExitCode.StillRunning, "The Terraform state is locked: another run is changing this environment; wait until it is done, then call again.");
        }

        var code = blocks.TrueForAll(block => ConfigurationTitles.Any(title => string.Join('\n', block).Contains(title, StringComparison.Ordinal)))
            ? ExitCode.BadConfiguration
            : ExitCode.Failed;
        return new PipelineException(code, $"terraform {command}: {text} (whole output: {logFile})");
    }

    /// <summary>A variable that a file sets and the configuration does not declare: terraform only warns, but a mistyped limit must not pass.</summary>
    public static string? UndeclaredVariable(IReadOnlyList<string> lines) =>
        UndeclaredPattern().Match(string.Join(' ', lines.Select(line => line.Trim()))) is { Success: true } match ? match.Groups[1].Value : null;

    private static List<string[]> Blocks(IReadOnlyList<string> lines)
    {
        var blocks = new List<List<string>>();
        List<string>? block = null;
        foreach (var line in lines.Select(line => BoxPattern().Replace(line, "").Trim()))
        {
            if (line.StartsWith("Error: ", StringComparison.Ordinal))
            {
                block = [];
                blocks.Add(block);
            }
            else if (line.StartsWith("Warning: ", StringComparison.Ordinal))
            {
                block = null;
            }

            block?.Add(line);
        }

        return [.. blocks.Select(found => found.ToArray())];
    }

    // Title, place, and the paragraph that explains; the source snippet in between says nothing new.
    private static string Sentence(string[] block)
    {
        var title = block[0]["Error: ".Length..];
        var place = block.Select(line => PlacePattern().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value;
        var explanation = string.Join(' ', block
            .Skip(1)
            .SkipWhile(line => line.Length == 0 || PlacePattern().IsMatch(line) || SnippetPattern().IsMatch(line))
            .TakeWhile(line => line.Length > 0));
        var head = place is null ? title : $"{title} in {place}";
        return explanation.Length == 0 ? head.TrimEnd('.') : $"{head}: {explanation.TrimEnd('.')}";
    }

    [GeneratedRegex(@"^(?:on|with) (\S+ line \d+|\S+?),?(?: in .*)?[:,]?$")]
    private static partial Regex PlacePattern();

    // The frame that terraform draws around a message where it thinks that colors are fine.
    [GeneratedRegex("^[╷│╵] ?")]
    private static partial Regex BoxPattern();

    [GeneratedRegex(@"^(\d+:|├|│|on |with |\?)")]
    private static partial Regex SnippetPattern();

    [GeneratedRegex("does not declare a variable named \"([^\"]+)\"")]
    private static partial Regex UndeclaredPattern();
}
