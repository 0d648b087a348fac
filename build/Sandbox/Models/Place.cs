using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Models;

/// <summary>Where a value is in a request.</summary>
/// <param name="Path">Member names joined by dots, <c>[]</c> for an item of a list: as in support.json.</param>
/// <param name="Shown">As AWS's messages write it, for example <c>inputDataConfig.1.member.channelName</c>.</param>
internal sealed record Place(string Path, string Shown)
{
    public Place Member(string name) =>
        new($"{Path}.{name}".TrimStart('.'), $"{Shown}.{char.ToLowerInvariant(name[0])}{name[1..]}".TrimStart('.'));

    /// <param name="index">From 0.</param>
    public Place Item(int index) => new(Path + "[]", $"{Shown}.{index + 1}.member");

    /// <summary>AWS's sentence on a violated constraint.</summary>
    public string Violates(string constraint, string? value = null) =>
        $"Value {(value is null ? "" : $"'{value}' ")}at '{Shown}' failed to satisfy constraint: {constraint}";

    public string Mismatch(ShapeType expected, JsonNode actual) =>
        $"Member '{Shown}' has to be {expected}, but is {(actual.GetValueKind() == JsonValueKind.Number ? actual.ToJsonString() : actual.GetValueKind())}.";
}
