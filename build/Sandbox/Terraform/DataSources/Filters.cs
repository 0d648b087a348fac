using System.IO.Enumeration;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.DataSources;

/// <summary>EC2's filters on what the sandbox knows.</summary>
internal static class Filters
{
    private const string TagPrefix = "tag:";

    /// <summary>True if the candidate has the attributes, tags and filter values that the configuration asks for.</summary>
    /// <param name="attributes">Configured attributes that have to be equal where they are given.</param>
    /// <param name="names">EC2's names of filters and the attributes that they compare.</param>
    /// <exception cref="ResourceError">A filter is none that EC2 has for the resource.</exception>
    public static bool Match(
        MapValue config, MapValue candidate, IEnumerable<string> attributes, IReadOnlyDictionary<string, string> names) =>
        attributes.All(name => config[name].IsNull || config[name] == candidate[name])
        && (config["tags"] is not MapValue wanted || wanted.Members.All(tag => TagsOf(candidate)[tag.Key] == tag.Value))
        && config.Blocks("filter").All(filter => filter.Texts("values").Any(pattern =>
            ValuesOf(candidate, filter.Text("name")!, names)
                .Any(value => FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: false))));

    public static MapValue TagsOf(MapValue candidate) =>
        (candidate["tags_all"] as MapValue) ?? (candidate["tags"] as MapValue) ?? MapValue.Empty;

    private static IEnumerable<string> ValuesOf(MapValue candidate, string filter, IReadOnlyDictionary<string, string> names)
    {
        if (filter.StartsWith(TagPrefix, StringComparison.Ordinal))
        {
            return TagsOf(candidate).Text(filter[TagPrefix.Length..]) is { } value ? [value] : [];
        }

        if (filter == "tag-key")
        {
            return TagsOf(candidate).Members.Keys;
        }

        return names.TryGetValue(filter, out var attribute)
            ? candidate.Text(attribute) is { } text ? [text] : []
            : throw new ResourceError(
                $"InvalidParameterValue: The filter '{filter}' is invalid",
                $"Known are tag:KEY, tag-key, {string.Join(", ", names.Keys)}.", "filter");
    }
}
