using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>The tags of a session: those that the request has, and those that the caller's own session hands down.</summary>
internal sealed record SessionTags(IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Transitive)
{
    /// <param name="caller">Null without credentials.</param>
    /// <exception cref="AwsError">A tag is given twice, is one of those handed down, or is to be handed down and not there.</exception>
    public static SessionTags Of(JsonObject input, Caller? caller)
    {
        var given = (input[nameof(Tags)] as JsonArray ?? []).Select(tag => (Key: tag!.AsObject().RequiredText("Key"), Value: tag.AsObject().Text("Value") ?? "")).ToList();
        var transitive = (input["TransitiveTagKeys"] as JsonArray ?? []).Select(key => (string)key!).ToList();
        var inherited = caller?.Session is { } session ? session.TransitiveTags.ToDictionary(key => key, key => session.Tags[key]) : [];
        if (given.DistinctBy(tag => tag.Key, StringComparer.OrdinalIgnoreCase).Count() < given.Count)
        {
            throw Invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        }

        if (given.Find(tag => inherited.Keys.Contains(tag.Key, StringComparer.OrdinalIgnoreCase)).Key is { } taken)
        {
            throw Invalid($"The tag {taken} of the calling session is transitive and cannot be set again.");
        }

        if (transitive.Find(key => given.TrueForAll(tag => tag.Key != key) && !inherited.ContainsKey(key)) is { } absent)
        {
            throw Invalid($"The transitive tag key {absent} is not among the session tags.");
        }

        return new SessionTags(
            given.ToDictionary(tag => tag.Key, tag => tag.Value).Concat(inherited).ToDictionary(), [.. inherited.Keys.Union(transitive)]);
    }

    private static AwsError Invalid(string message) => new(400, "InvalidParameterValue", message);
}
