using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>The tags of a resource, by the rules that most of AWS's services share.</summary>
/// <param name="most">How many a resource can have.</param>
/// <param name="invalid">The service's error for tags that break a rule.</param>
internal sealed class TagRules(int most, Func<string, AwsError> invalid)
{
    private const string Reserved = "aws:";

    /// <summary>A resource's tags with those of a request put in, which replace those of the same keys.</summary>
    /// <param name="added">Objects with Key and Value.</param>
    /// <exception cref="AwsError">A key is given twice or reserved for AWS, or there would be too many.</exception>
    public IReadOnlyDictionary<string, string> With(IReadOnlyDictionary<string, string> tags, IReadOnlyList<JsonObject> added)
    {
        var all = tags.ToDictionary(StringComparer.Ordinal);
        foreach (var tag in added)
        {
            all[tag.RequiredText("Key")] = tag.RequiredText("Value");
        }

        Require(added.DistinctBy(tag => tag.RequiredText("Key")).Count() == added.Count, "Duplicate tag keys: each key can be given once.");
        Require(
            !added.Any(tag => tag.RequiredText("Key").StartsWith(Reserved, StringComparison.OrdinalIgnoreCase)),
            $"Tag keys that begin with '{Reserved}' are reserved for AWS.");
        Require(all.Count <= most, $"The resource would have more than {most} tags.");
        return all;
    }

    /// <summary>Tags without those of some keys; a key that is not there is no error.</summary>
    public static IReadOnlyDictionary<string, string> Without(IReadOnlyDictionary<string, string> tags, IReadOnlyList<string> keys) =>
        tags.Where(tag => !keys.Contains(tag.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>Tags as answers list them, in the order of their keys.</summary>
    public static JsonArray Describe(IReadOnlyDictionary<string, string> tags) => new([.. tags.OrderBy(tag => tag.Key, StringComparer.Ordinal)
        .Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]);

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw invalid(otherwise);
        }
    }
}
