using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Terraform.Planning;

/// <summary>Compares JSON texts by what they say.</summary>
internal static class JsonEquivalence
{
    /// <summary>True if both texts hold the same JSON.</summary>
    public static bool Same(string left, string right) => Compare(left, right, node => node);

    /// <summary>True if both texts are the same IAM policy: lists in any order, a list of one as good as its only member.</summary>
    public static bool SamePolicy(string left, string right) => Compare(left, right, Settle);

    private static bool Compare(string left, string right, Func<JsonNode?, JsonNode?> prepare)
    {
        try
        {
            return JsonNode.DeepEquals(prepare(JsonNode.Parse(left)), prepare(JsonNode.Parse(right)));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonNode? Settle(JsonNode? node) => node switch
    {
        JsonArray { Count: 1 } single => Settle(single[0]),
        JsonArray list => new JsonArray([.. list.Select(Settle).OrderBy(item => item?.ToJsonString(), StringComparer.Ordinal)]),
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, Settle(member.Value)))),
        _ => node?.DeepClone(),
    };
}
