using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>The log groups in the list of all that the sandbox holds.</summary>
internal sealed class LogInventory(PerRegion<LogStore> stores) : ISandboxInventory
{
    public string Name => "log_groups";

    public JsonNode? Describe() => new JsonArray([.. stores.All.SelectMany(store => store.Groups).Select(group => JsonValue.Create(group.Info.Name))]);
}
