using System.Text.Json.Nodes;

namespace BuildPipeline.Runs;

/// <summary>Names of members in run records of versions 1 and 2, and the names they have now.</summary>
internal static class FormerNames
{
    // A name after a dot counts only inside the member before it.
    private static readonly Dictionary<string, string> Now = new(StringComparer.Ordinal)
    {
        ["rung"] = "node_option",
        ["rungs"] = "node_options",
        ["instance_ladder"] = "instance_fallbacks",
        ["envelope"] = "cost_simulation",
        ["up_run_seconds"] = "time_between_interruptions_seconds",
        ["asked"] = "requested",
        ["standing"] = "team_balance",
        ["plan.max_run_cost"] = "max_run_cost_usd",
        ["cost.limit"] = "max_run_cost_usd",
        ["prices.figures"] = "inputs",
    };

    /// <summary>The document with the names of today, at every depth.</summary>
    public static JsonNode? Replace(JsonNode? document) => Replace(document, "");

    private static JsonNode? Replace(JsonNode? document, string parent) => document switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(NameNow(parent, member.Key), Replace(member.Value, member.Key)))),
        JsonArray items => new JsonArray([.. items.Select(item => Replace(item, parent))]),
        _ => document?.DeepClone(),
    };

    private static string NameNow(string parent, string name) => Now.GetValueOrDefault($"{parent}.{name}") ?? Now.GetValueOrDefault(name, name);
}
