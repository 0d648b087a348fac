using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The published schemas in docs/reference.</summary>
internal static class PublishedSchema
{
    public static string FileOf(string name) => Path.Combine(Repository.Root, "docs", "reference", $"{name}.schema.json");

    /// <summary>Each member of a document is in the schema and has its type, and each that the schema requires is there.</summary>
    public static void AssertFits(string name, JsonNode document) => AssertFits(JsonNode.Parse(File.ReadAllText(FileOf(name)))!, document);

    private static void AssertFits(JsonNode schema, JsonNode? value)
    {
        if (schema is JsonObject typed && typed["type"] is { } types)
        {
            IEnumerable<string> allowed = types is JsonArray several ? several.Select(type => (string)type!) : [(string)types!];
            Assert.Contains(allowed, type => Is(type, value));
        }

        if (value is JsonObject members && schema is JsonObject && schema["properties"] is JsonObject properties)
        {
            Assert.Empty((schema["required"]?.AsArray() ?? []).Select(required => (string)required!).Except(members.Select(member => member.Key)));
            Assert.All(members, member => AssertFits(properties[member.Key] ?? throw new JsonException($"{member.Key} is not in the schema."), member.Value));
        }
        else if (value is JsonArray items && schema is JsonObject && schema["items"] is { } item)
        {
            Assert.All(items, element => AssertFits(item, element));
        }
    }

    private static bool Is(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number" or "integer", JsonValueKind.Number)
            or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) => true,
        _ => false,
    };
}
