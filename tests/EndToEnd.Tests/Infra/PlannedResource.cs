using System.Text.Json;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>A resource as a plan leaves it.</summary>
/// <param name="After">Its values that are known.</param>
/// <param name="Unknown">True for each value that is known after the apply only.</param>
internal sealed record PlannedResource(string Address, string Type, JsonElement After, JsonElement Unknown)
{
    /// <summary>The resources that a plan creates, changes or keeps.</summary>
    /// <param name="plan">As <c>terraform show -json</c> prints it.</param>
    public static IReadOnlyList<PlannedResource> Read(JsonElement plan) =>
    [
        .. plan.GetProperty("resource_changes").EnumerateArray()
            .Where(change => change.GetProperty("mode").GetString() == "managed" && change.GetProperty("change").GetProperty("after").ValueKind == JsonValueKind.Object)
            .Select(change => new PlannedResource(
                change.GetProperty("address").GetString()!, change.GetProperty("type").GetString()!, change.GetProperty("change").GetProperty("after"),
                change.GetProperty("change").GetProperty("after_unknown"))),
    ];

    public string? Text(string name) => After.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public bool IsTrue(string name) => After.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>True if a value is a text, or will be known after the apply.</summary>
    /// <param name="path">Names from the resource down; of a block, the first is meant.</param>
    public bool IsKnownOrComing(params string[] path) =>
        Find(After, path) is { ValueKind: JsonValueKind.String } known ? known.GetString()!.Length > 0 : Find(Unknown, path) is { ValueKind: JsonValueKind.True };

    private static JsonElement? Find(JsonElement element, string[] path)
    {
        foreach (var name in path)
        {
            var block = element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0 ? element[0] : element;
            if (block.ValueKind != JsonValueKind.Object || !block.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element;
    }
}
