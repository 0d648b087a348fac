using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>A tag of a page.</summary>
/// <param name="Name">With the slash of an end tag.</param>
/// <param name="Attributes">The names of its attributes.</param>
internal sealed record HtmlTag(string Name, IReadOnlyList<string> Attributes);

/// <summary>Reads the pages that this project writes; what does not have their form is an error.</summary>
internal static partial class HtmlTags
{
    /// <summary>The tags outside of the style and the data.</summary>
    public static IReadOnlyList<HtmlTag> In(string page) =>
    [
        .. TagPattern().Matches(Opaque().Replace(page, "$1$2")).Select(match => match.Groups["name"] is { Success: true } name
            ? new HtmlTag(name.Value, [.. match.Groups["attribute"].Captures.Select(capture => capture.Value)])
            : throw new FormatException($"Not a tag of this project: {match.Value}")),
    ];

    /// <summary>The data of a page.</summary>
    public static JsonNode DataOf(string page) => JsonNode.Parse(DataPattern().Match(page).Groups[1].Value)!;

    [GeneratedRegex("(<style>|<script [^<>]*>).*?(</style>|</script>)", RegexOptions.Singleline)]
    private static partial Regex Opaque();

    [GeneratedRegex("<script type=\"application/json\" id=\"report-data\">([^<]*)</script>")]
    private static partial Regex DataPattern();

    // The second alternative takes any other start of a tag.
    [GeneratedRegex("<(?<name>[!/]?[a-z][a-z0-9]*)(?: (?<attribute>[a-zA-Z-]+)=\"[^\"<>]*\"| html)*/?>|<[^>]{0,80}>?")]
    private static partial Regex TagPattern();
}
