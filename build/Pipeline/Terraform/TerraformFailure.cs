using System.Globalization;
using System.Text.RegularExpressions;

namespace BuildPipeline.Terraform;

/// <summary>Turns what terraform printed into one sentence and the documented exit code.</summary>
internal static partial class TerraformFailure
{
    // Another run of the environment, which may be another machine's, was applied first, or its state was removed and written anew.
    private static readonly string[] StalePlan = ["Error: Saved plan is stale", "Error: Saved plan does not match the given state"];

    // Titles of faults in what the user gave, where the place alone does not show it.
    private static readonly string[] ConfigurationTitles =
    [
        "Invalid value for", "No value for required variable", "Value for undeclared variable", "Failed to read variables file",
        "No valid credential sources found", "failed to get shared config profile", "BucketAlreadyExists", "BucketAlreadyOwnedByYou", "Backend initialization required",
        "Resource precondition failed",
    ];

    // A service or the network, not what the user gave.
    private static readonly string[] ServiceWords =
    [
        "request send failed", "connection refused", "no such host", "timeout", "timed out", "StatusCode: 0,", "StatusCode: 5", "TooManyRequests",
        "Failed to query available provider packages", "Failed to install provider", "connection reset", "StatusCode: 403",
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
            return new PipelineException(TerraformErrors.Failed, $"terraform {command} failed. Its output is in {logFile}.");
        }

        if (blocks.Exists(block => StalePlan.Contains(block[0])))
        {
            return new PipelineException(
                TerraformErrors.StalePlan, $"The infrastructure changed after this run was planned, so its plan and its approval are void. Start a new run. (Full output: {logFile})");
        }

        var code = blocks.TrueForAll(block => IsConfiguration(command, block)) ? TerraformErrors.InvalidConfiguration : TerraformErrors.Failed;
        return new PipelineException(code, $"terraform {command}: {text} (full output: {logFile})") { Places = [.. blocks.Select(LineAtFault).OfType<SourcePlace>().Distinct()] };
    }

    /// <summary>What an interrupted terraform has done at its end.</summary>
    public static string Interruption(string command, IReadOnlyList<string> lines, TerraformCall call)
    {
        var text = string.Join('\n', lines);
        return text.Contains("errored.tfstate", StringComparison.Ordinal)
            ? $"terraform {command} stopped, but its state could not be saved. It is in {Path.Combine(call.Folder, StrayFiles.UnsavedState)}; the next call says how to push it."
            : text.Contains("Error releasing the state lock", StringComparison.Ordinal)
                ? $"terraform {command} stopped, but its lock could not be released. {call.LogFile} has the lock's ID."
                : $"terraform {command} stopped cleanly: its state is saved and its lock is released.";
    }

    /// <summary>Why a lock could not be released; null if it no longer exists.</summary>
    public static PipelineException? WhyNotReleased(string id, IReadOnlyList<string> lines, string logFile)
    {
        var text = string.Join(' ', lines.Select(line => BoxPattern().Replace(line, "").Trim()));
        return text.Contains("NoSuchKey", StringComparison.Ordinal) ? null
            : text.Contains("does not match", StringComparison.Ordinal)
                ? new PipelineException(TerraformErrors.OtherLock, $"--release-lock={id} is not the ID of the current state lock. Omit the option to see who holds the lock.")
                : Describe("force-unlock", lines, logFile);
    }

    // What a service refuses is about a resource ("with ADDRESS"); what has a place only is about what was written there.
    private static bool IsConfiguration(string command, string[] block)
    {
        var text = string.Join('\n', block);
        var isAboutResource = block.Any(line => line.StartsWith("with ", StringComparison.Ordinal));
        return ConfigurationTitles.Any(title => text.Contains(title, StringComparison.Ordinal))
            || (!ServiceWords.Any(word => text.Contains(word, StringComparison.Ordinal))
                && (command is "init" or "validate" || (!isAboutResource && block.Any(line => PlacePattern().IsMatch(line)))));
    }

    /// <summary>A variable that a file sets and the configuration does not declare: terraform only warns, but a mistyped limit must not pass.</summary>
    public static string? UndeclaredVariable(IReadOnlyList<string> lines) =>
        UndeclaredPattern().Match(string.Join(' ', lines.Select(line => line.Trim()))) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>All errors as one text, in which no address is broken over lines or escaped.</summary>
    public static string Errors(IReadOnlyList<string> lines) => string.Join("\n", Blocks(lines).Select(block => string.Join(" ", block))).Replace("\\\"", "\"", StringComparison.Ordinal);

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
        var place = Place(block);
        var explanation = string.Join(' ', block
            .Skip(1)
            .SkipWhile(line => line.Length == 0 || PlacePattern().IsMatch(line) || SnippetPattern().IsMatch(line))
            .TakeWhile(line => line.Length > 0));
        var head = place is null ? title : $"{title} in {place}";
        return explanation.Length == 0 ? head.TrimEnd('.') : $"{head}: {explanation.TrimEnd('.')}";
    }

    private static string? Place(string[] block)
    {
        var place = block.Select(line => PlacePattern().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value;
        return place is null ? null : OptionPlacePattern().Replace(CodePlacePattern().Replace(place, "infra/$0"), "--var=$1");
    }

    // "with ADDRESS" comes before the line of a resource.
    private static SourcePlace? LineAtFault(string[] block)
    {
        var line = block.Where(line => !line.StartsWith("with ", StringComparison.Ordinal)).ToArray();
        return LinePattern().Match(Place(line) ?? "") is { Success: true } match
            ? new(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture), Sentence(block))
            : null;
    }

    [GeneratedRegex(@"^(?:on|with) (<value for var\.[^>]+> line \d+|\S+ line \d+|\S+?),?(?: in .*)?[:,]?$")]
    private static partial Regex PlacePattern();

    [GeneratedRegex(@"^(?!--)(\S+) line (\d+)$")]
    private static partial Regex LinePattern();

    // The frame that terraform draws around a message where it thinks that colors are fine.
    [GeneratedRegex("^[╷│╵] ?")]
    private static partial Regex BoxPattern();

    // The copy of infra that terraform reads is not what a user edits.
    [GeneratedRegex(@"^(?!/)\S+\.tf(\.json)? line")]
    private static partial Regex CodePlacePattern();

    // terraform calls a value of the command line so.
    [GeneratedRegex(@"^<value for var\.([^>]+)> line \d+$")]
    private static partial Regex OptionPlacePattern();

    [GeneratedRegex(@"^(\d+:|├|│|on |with |\?|\(source code)")]
    private static partial Regex SnippetPattern();

    [GeneratedRegex("does not declare a variable named \"([^\"]+)\"")]
    private static partial Regex UndeclaredPattern();
}
