using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Events;

/// <summary>PutEvents and TestEventPattern.</summary>
internal sealed class BusOperations(EventBus bus, TimeProvider time) : IAwsOperations
{
    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["PutEvents"] = AwsOperations.Of(Put),
        ["TestEventPattern"] = AwsOperations.Of(Test),
    };

    private JsonObject Put(AwsCall call)
    {
        var entries = call.Input.Objects("Entries");
        foreach (var entry in entries)
        {
            RuleOperations.CheckBus(entry);
        }

        JsonObject[] results = [.. entries.Select(entry => Put(call.Region, entry))];
        return new JsonObject { ["FailedEntryCount"] = results.Count(result => result.ContainsKey("ErrorCode")), ["Entries"] = new JsonArray([.. results]) };
    }

    // An entry that is refused does not keep the others back.
    private JsonObject Put(string region, JsonObject entry)
    {
        var (source, type, detail) = (entry.Text("Source"), entry.Text("DetailType"), entry.Text("Detail"));
        if (source is null || type is null || detail is null)
        {
            return Refused("InvalidArgument", "Parameters Source, DetailType and Detail are required.");
        }

        if (source.StartsWith("aws.", StringComparison.Ordinal))
        {
            return Refused("NotAuthorizedForSourceException", "Not authorized for the source.");
        }

        return JsonText.Parse(detail) is JsonObject document
            ? new JsonObject
            {
                ["EventId"] = bus.Put(region, new BusEvent(source, type, entry.Texts("Resources"), document, entry.Time("Time") ?? time.GetUtcNow())),
            }
            : Refused("MalformedDetail", "Detail is malformed.");
    }

    private static JsonObject Test(AwsCall call)
    {
        var pattern = RuleOperations.CheckPattern(call.Input.RequiredText("EventPattern"));
        return JsonText.Parse(call.Input.RequiredText("Event")) is JsonObject happened
            ? new JsonObject { ["Result"] = pattern.Matches(happened) }
            : throw EventErrors.Invalid("Parameter Event is not valid: it is not a JSON object.");
    }

    private static JsonObject Refused(string code, string message) => new() { ["ErrorCode"] = code, ["ErrorMessage"] = message };
}
