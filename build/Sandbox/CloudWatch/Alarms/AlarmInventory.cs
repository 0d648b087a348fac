using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>The alarms and their states in the list of all that the sandbox holds.</summary>
internal sealed class AlarmInventory(PerRegion<AlarmStore> stores) : ISandboxInventory
{
    public string Name => "alarms";

    public JsonNode? Describe() => new JsonArray([.. stores.All.SelectMany(store => store.Alarms).Select(alarm => new JsonObject
    {
        ["name"] = alarm.Name,
        ["region"] = alarm.Region,
        ["state"] = alarm.Status.State.ToString(),
        ["reason"] = alarm.Status.Reason,
    })]);
}
