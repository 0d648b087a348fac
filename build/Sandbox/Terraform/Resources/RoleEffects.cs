using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes roles those of the sandbox's IAM.</summary>
internal sealed class RoleEffects : IResourceEffects
{
    private const string Boundary = "permissions_boundary";
    private const string Inline = "inline_policy";
    private const string ManagedArns = "managed_policy_arns";

    private static readonly TagApi Tags = new("RoleName", "TagRole", "UntagRole", "ListRoleTags") { Attribute = "name" };

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var action = $"{(prior is null ? "creating" : "updating")} IAM Role ({state.Text("name")})";
        if (prior is null)
        {
            await CreateAsync(context, action, state);
        }
        else
        {
            await UpdateAsync(context, action, prior, state);
            await Tags.UpdateAsync(IamApi.Client, context, action, prior, state);
        }

        await PutPoliciesAsync(context, action, prior ?? MapValue.Empty, state);
        return await ReadAsync(context, state) ?? state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        var action = $"deleting IAM Role ({state.Text("name")})";
        if (await FindAsync(context, state) is null)
        {
            return;
        }

        // Whatever the role has goes with it, where terraform knows of any or it is forced.
        var isForced = state.IsTrue("force_detach_policies");
        var attached = isForced || state.Texts(ManagedArns).Count > 0 ? await AttachedAsync(context, state) : [];
        var inline = isForced || state.Blocks(Inline).Count > 0 ? await InlineAsync(context, state) : Value.Null;
        var own = state.With(ManagedArns, Value.SetOf(attached)).With(Inline, inline);
        await PutPoliciesAsync(context, action, own, MapValue.Empty.With("name", state["name"]));
        await IamApi.Client.CallAsync(context, action, "DeleteRole", Named(state));
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        if (await FindAsync(context, state) is not { } role)
        {
            return null;
        }

        state = await Tags.ObserveAsync(IamApi.Client, context, role.RequiredText("RoleName"), state);
        return state
            .With("arn", role.RequiredText("Arn"))
            .With("assume_role_policy", IamApi.Document(role, "AssumeRolePolicyDocument"))
            .With("create_date", role.RequiredText("CreateDate"))
            .With("description", role.Text("Description") ?? (state["description"].IsNull ? null : ""))
            .With("max_session_duration", (long)role.Integer("MaxSessionDuration")!)
            .With("path", role.RequiredText("Path"))
            .With(Boundary, (role["PermissionsBoundary"] as JsonObject)?.Text("PermissionsBoundaryArn") ?? (state[Boundary].IsNull ? null : ""))
            .With("unique_id", role.RequiredText("RoleId"))
            .With(ManagedArns, Value.SetOf(await AttachedAsync(context, state)))
            .With(Inline, state.Blocks(Inline).Count == 0 ? state[Inline] : await InlineAsync(context, state));
    }

    private static Task CreateAsync(ResourceContext context, string action, MapValue state)
    {
        var input = IamApi.Request(
            state, ("name", "RoleName"), ("path", "Path"), ("assume_role_policy", "AssumeRolePolicyDocument"), ("description", "Description"),
            (Boundary, "PermissionsBoundary"));
        input["MaxSessionDuration"] = Seconds(state);
        input["Tags"] = TagApi.Of(state);
        return IamApi.Client.CallAsync(context, action, "CreateRole", input);
    }

    private static async Task UpdateAsync(ResourceContext context, string action, MapValue prior, MapValue state)
    {
        Task Call(string operation, string? member, JsonNode? value)
        {
            var input = Named(state);
            if (member is not null)
            {
                input[member] = value;
            }

            return IamApi.Client.CallAsync(context, action, operation, input);
        }

        if (prior["assume_role_policy"] != state["assume_role_policy"])
        {
            await Call("UpdateAssumeRolePolicy", "PolicyDocument", state.Text("assume_role_policy"));
        }

        if (prior["description"] != state["description"])
        {
            await Call("UpdateRoleDescription", "Description", state.Text("description") ?? "");
        }

        if (prior["max_session_duration"] != state["max_session_duration"])
        {
            await Call("UpdateRole", "MaxSessionDuration", Seconds(state));
        }

        if (prior[Boundary] != state[Boundary])
        {
            await (state.Text(Boundary) is { Length: > 0 } boundary
                ? Call("PutRolePermissionsBoundary", "PermissionsBoundary", boundary) : Call("DeleteRolePermissionsBoundary", null, null));
        }
    }

    /// <summary>Gives a role the inline and managed policies of a state, and takes those away that only the state before has.</summary>
    private static async Task PutPoliciesAsync(ResourceContext context, string action, MapValue prior, MapValue state)
    {
        var (before, after) = (prior.Blocks(Inline), state.Blocks(Inline));
        foreach (var name in before.Select(policy => policy.Text("name")).Except(after.Select(policy => policy.Text("name"))).Where(name => name is not null))
        {
            await CallAsync("DeleteRolePolicy", "PolicyName", name!);
        }

        foreach (var policy in after.Except(before).Where(policy => policy.Text("policy") is { Length: > 0 }))
        {
            var input = Named(state);
            (input["PolicyName"], input["PolicyDocument"]) = (policy.Text("name"), policy.Text("policy"));
            await IamApi.Client.CallAsync(context, action, "PutRolePolicy", input);
        }

        foreach (var arn in prior.Texts(ManagedArns).Except(state.Texts(ManagedArns)))
        {
            await CallAsync("DetachRolePolicy", "PolicyArn", arn);
        }

        foreach (var arn in state.Texts(ManagedArns).Except(prior.Texts(ManagedArns)))
        {
            await CallAsync("AttachRolePolicy", "PolicyArn", arn);
        }

        Task CallAsync(string operation, string member, string value)
        {
            var input = Named(state);
            input[member] = value;
            return IamApi.Client.CallAsync(context, action, operation, input);
        }
    }

    /// <summary>All inline policies: a role with blocks of them has no others.</summary>
    private static async Task<Value> InlineAsync(ResourceContext context, MapValue state)
    {
        var names = (await IamApi.Client.CallAsync(context, $"reading inline policies of {state.Text("name")}", "ListRolePolicies", Named(state))).Texts("PolicyNames");
        var policies = new List<Value>();
        foreach (var name in names)
        {
            var document = await RolePolicyEffects.FindAsync(context, state.Text("name")!, name);
            policies.Add(MapValue.Empty.With("name", name).With("policy", document));
        }

        return new SetValue(policies);
    }

    private static async Task<IEnumerable<string>> AttachedAsync(ResourceContext context, MapValue state) =>
        (await IamApi.Client.CallAsync(context, $"reading managed policies of {state.Text("name")}", "ListAttachedRolePolicies", Named(state)))
            .Objects("AttachedPolicies").Select(policy => policy.RequiredText("PolicyArn"));

    private static async Task<JsonObject?> FindAsync(ResourceContext context, MapValue state) =>
        (await IamApi.Client.FindAsync(context, "GetRole", Named(state)))?["Role"] as JsonObject;

    private static JsonObject Named(MapValue state) => new() { ["RoleName"] = state.Text("name") };

    private static int Seconds(MapValue state) => int.Parse(state.Text("max_session_duration")!, System.Globalization.CultureInfo.InvariantCulture);
}
