using System.Text.Json.Nodes;

namespace BuildPipeline.Runs;

/// <summary>Names of members in run records of versions 1 and 2, and the names they have now.</summary>
internal static class FormerNames
{
    private static readonly Dictionary<string, string> Now = new(StringComparer.Ordinal)
    {
        ["rung"] = "node_option",
        ["rungs"] = "node_options",
        ["instance_ladder"] = "instance_fallbacks",
        ["envelope"] = "cost_simulation",
        ["up_run_seconds"] = "time_between_interruptions_seconds",
        ["asked"] = "requested",
        ["standing"] = "team_balance",
    };

    /// <summary>The document with the names of today, at every depth.</summary>
    public static JsonNode? Replace(JsonNode? document) => document switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(Now.GetValueOrDefault(member.Key, member.Key), Replace(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Replace)]),
        _ => document?.DeepClone(),
    };
}
