using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>Reads the parts of a policy that may be one text or several.</summary>
internal static class PolicyText
{
    /// <returns>Null if the member is absent or of another kind.</returns>
    public static IReadOnlyList<string>? Several(JsonNode? node) => node switch
    {
        JsonValue value => [value.ToString()],
        JsonArray items when items.All(item => item is JsonValue) => [.. items.Select(item => item!.ToString())],
        _ => null,
    };

    /// <summary>True where a text fits a pattern with <c>*</c> for any characters and <c>?</c> for one.</summary>
    public static bool Matches(string pattern, string text, bool ignoreCase = false) => Regex.IsMatch(
        text,
        $@"\A{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal)}\z",
        RegexOptions.Singleline | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None),
        TimeSpan.FromSeconds(1));
}
