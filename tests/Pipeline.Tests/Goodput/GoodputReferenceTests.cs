using System.Text.Json;
using System.Text.RegularExpressions;
using BuildPipeline.Goodput;

namespace BuildPipeline.Pipeline.Tests.Goodput;

/// <summary>docs/reference/goodput.md says of each category what its comment in the code says.</summary>
public sealed partial class GoodputReferenceTests
{
    [Fact]
    public void Given_TheCategories_When_TheirReferencePageIsRead_Then_ItHasEachWithItsMeaningAndSource()
    {
        var code = File.ReadAllText(Path.Combine(Repository.Root, "build", "Pipeline", "Goodput", "GoodputCategory.cs")).ReplaceLineEndings("\n");
        var declared = Member().Matches(code).ToDictionary(member => member.Groups["name"].Value, member => CodeTag().Replace(member.Groups["text"].Value, "`$1`"));
        var rows = Enum.GetNames<GoodputCategory>().Select(name =>
            $"| `{JsonNamingPolicy.SnakeCaseLower.ConvertName(name)}` | {declared[name].Replace(" Source: ", " | ", StringComparison.Ordinal)} |");

        GeneratedPage.AssertCurrent(Path.Combine(Repository.Root, "docs", "reference", "goodput.md"), string.Join('\n', [
            GeneratedPage.Mark,
            "# Goodput",
            "",
            "What the bill of a run went into: `goodput` in `run.json`, and a table of the receipt. `ratio` is the productive part of the billed seconds. History adds it up by month and team.",
            "",
            "Seconds (`billed_seconds`) and dollars (`cost`) of the categories add up to the bill exactly. Each job's bill is divided in proportion to the time on nodes (`node_seconds`), because spot's discount comes as fewer billed seconds; a second that a border cuts belongs to the later category, and the last category with seconds takes what rounding leaves of the dollars. So in a bill of less than 100 seconds, a part can have a second more or less than its time on the nodes, and its share looks wrong: receipt and Status say so. Waiting for capacity (`capacity_wait_seconds`) is not billed.",
            "",
            "The program's times are by its node's clock, and count from the writing of a manifest: with `checkpoint_async`, work during a save counts as saved.",
            "",
            "| Category | Meaning | Source |",
            "|---|---|---|",
            .. rows]) + "\n");
    }

    [GeneratedRegex(@"/// <summary>(?<text>[^\n]*)</summary>\n    (?<name>\w+),")]
    private static partial Regex Member();

    [GeneratedRegex("<c>([^<]*)</c>")]
    private static partial Regex CodeTag();
}
