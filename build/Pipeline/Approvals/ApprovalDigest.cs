using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Approvals;

/// <summary>One digest over all that an approval binds.</summary>
public static class ApprovalDigest
{
    /// <summary>SHA-256 over the subject as JSON with sorted members, hex.</summary>
    /// <param name="subject">All that the approval binds.</param>
    public static string Compute<T>(T subject)
        where T : class =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(Node(subject))!.ToJsonString(RunJson.Compact))));

    /// <summary>Names of the members that differ, for the sentence that a person gets.</summary>
    public static IReadOnlyList<string> Differences(ApprovalSubject approved, ApprovalSubject now)
    {
        var (left, right) = (Node(approved), Node(now));
        return [.. left.Select(member => member.Key).Union(right.Select(member => member.Key)).Where(key => !JsonNode.DeepEquals(Canonical(left[key]), Canonical(right[key])))];
    }

    private static JsonObject Node<T>(T subject) => JsonSerializer.SerializeToNode(subject, RunJson.Compact)!.AsObject();

    // Dollars of the same amount are the same, however many zeros they end with.
    private static JsonNode? Canonical(JsonNode? node) => node switch
    {
        JsonObject value => new JsonObject(value.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Canonical(member.Value)))),
        JsonArray value => new JsonArray([.. value.Select(Canonical)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => JsonValue.Create(value.GetValue<decimal>() / 1.0000000000000000000000000000m),
        _ => node?.DeepClone(),
    };
}
