using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes log groups those of the sandbox's CloudWatch Logs, under the rules that it has for every client.</summary>
internal sealed class LogGroupEffects : IResourceEffects
{
    private static readonly ApiClient Logs = new("logs", "CloudWatch Logs");

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var (name, verb) = (NameOf(state), prior is null ? "creating" : "updating");
        if (prior is null)
        {
            await CallAsync(context, verb, "CreateLogGroup", WithKey(Named(name), state));
        }
        else if (prior["kms_key_id"] != state["kms_key_id"])
        {
            await CallAsync(context, verb, "AssociateKmsKey", WithKey(Named(name), state));
        }

        var days = state.Text("retention_in_days");
        if (days is null or "0")
        {
            await CallAsync(context, verb, "DeleteRetentionPolicy", Named(name));
        }
        else
        {
            var input = Named(name);
            input["retentionInDays"] = JsonCodec.Encode(state["retention_in_days"]);
            await CallAsync(context, verb, "PutRetentionPolicy", input);
        }

        return state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (await FindAsync(context, NameOf(state)) is not null)
        {
            await CallAsync(context, "deleting", "DeleteLogGroup", Named(NameOf(state)));
        }
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state) => await FindAsync(context, NameOf(state)) is { } group
        ? state.With("retention_in_days", group.Integer("retentionInDays") ?? 0)
        : null;

    // In order of their names, so a group comes before those whose names it begins.
    private static async Task<JsonObject?> FindAsync(ResourceContext context, string name) =>
        (await Logs.FindAsync(context, "DescribeLogGroups", new() { ["logGroupNamePrefix"] = name }))?.Objects("logGroups")
            .FirstOrDefault(group => group.RequiredText("logGroupName") == name);

    private static Task CallAsync(ResourceContext context, string verb, string operation, JsonObject input) =>
        Logs.CallAsync(context, $"{verb} CloudWatch Logs Log Group ({input.RequiredText("logGroupName")})", operation, input);

    private static JsonObject WithKey(JsonObject input, MapValue state)
    {
        if (state.Text("kms_key_id") is { Length: > 0 } key)
        {
            input["kmsKeyId"] = key;
        }

        return input;
    }

    private static JsonObject Named(string name) => new() { ["logGroupName"] = name };

    private static string NameOf(MapValue state) => state.Text("name")!;
}
