using System.Text.Json.Nodes;

namespace BuildPipeline.Journal;

/// <summary>JSON merge patches (RFC 7386): the members that changed; null removes one, and an array is replaced as a whole.</summary>
public static class MergePatch
{
    /// <summary>The patch that makes one document of another; null if they are equal.</summary>
    public static JsonObject? Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in after)
        {
            var old = before[name];
            if (!JsonNode.DeepEquals(old, value))
            {
                patch[name] = old is JsonObject oldObject && value is JsonObject newObject ? Between(oldObject, newObject) : value?.DeepClone();
            }
        }

        foreach (var (name, _) in before.Where(member => !after.ContainsKey(member.Key)))
        {
            patch[name] = null;
        }

        return patch.Count == 0 ? null : patch;
    }

    /// <summary>The document with a patch applied; neither of the two is changed.</summary>
    public static JsonObject Apply(JsonObject document, JsonObject patch)
    {
        var result = document.DeepClone().AsObject();
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = value is JsonObject inner ? Apply(result[name] as JsonObject ?? [], inner) : value.DeepClone();
            }
        }

        return result;
    }
}
