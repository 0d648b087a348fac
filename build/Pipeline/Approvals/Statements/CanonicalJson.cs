using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Approvals.Statements;

/// <summary>JSON in one form, so equal documents are equal bytes: members in the order of their names, nothing between them.</summary>
public static class CanonicalJson
{
    /// <summary>The document in UTF-8.</summary>
    public static byte[] Write(JsonNode document) => Encoding.UTF8.GetBytes(Sorted(document)!.ToJsonString(RunJson.Compact));

    /// <summary>The same value with sorted members. Numbers of the same value are the same, however many zeros they end with.</summary>
    public static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject value => new JsonObject(value.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray value => new JsonArray([.. value.Select(Sorted)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(value.GetValue<decimal>() / 1.0000000000000000000000000000m),
        _ => node?.DeepClone(),
    };
}
