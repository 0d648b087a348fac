using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes inline policies those of roles of the sandbox's IAM.</summary>
internal sealed class RolePolicyEffects : IResourceEffects
{
    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var input = Named(state.Text("role")!, state.Text("name")!);
        input["PolicyDocument"] = state.Text("policy");
        await IamApi.Client.CallAsync(context, $"putting IAM Role ({state.Text("role")}) Policy ({state.Text("name")})", "PutRolePolicy", input);
        return state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, state) is not null)
        {
            await IamApi.Client.CallAsync(
                context, $"deleting IAM Role Policy ({state.Text("id")})", "DeleteRolePolicy", Named(state.Text("role")!, state.Text("name")!));
        }
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state) =>
        await FindAsync(context, state.Text("role")!, state.Text("name")!) is { } policy ? state.With("policy", policy) : null;

    /// <returns>The document of an inline policy; null if there is none.</returns>
    public static async Task<string?> FindAsync(ResourceContext context, string role, string name) =>
        await IamApi.Client.FindAsync(context, "GetRolePolicy", Named(role, name)) is { } found ? IamApi.Document(found, "PolicyDocument") : null;

    private static JsonObject Named(string role, string name) => new() { ["RoleName"] = role, ["PolicyName"] = name };
}

/// <summary>Attaches managed policies to roles of the sandbox's IAM.</summary>
internal sealed class RoleAttachmentEffects : IResourceEffects
{
    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        await IamApi.Client.CallAsync(
            context, $"attaching IAM Policy ({state.Text("policy_arn")}) to IAM Role ({state.Text("role")})", "AttachRolePolicy", Named(state));
        return state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, state) is not null)
        {
            await IamApi.Client.CallAsync(
                context, $"detaching IAM Policy ({state.Text("policy_arn")}) from IAM Role ({state.Text("role")})", "DetachRolePolicy", Named(state));
        }
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        var found = await IamApi.Client.FindAsync(context, "ListAttachedRolePolicies", new() { ["RoleName"] = state.Text("role") });
        return found?.Objects("AttachedPolicies").Any(policy => policy.RequiredText("PolicyArn") == state.Text("policy_arn")) == true ? state : null;
    }

    private static JsonObject Named(MapValue state) => new() { ["RoleName"] = state.Text("role"), ["PolicyArn"] = state.Text("policy_arn") };
}
