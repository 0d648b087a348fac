using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes managed policies those of the sandbox's IAM.</summary>
internal sealed class ManagedPolicyEffects : IResourceEffects
{
    private const int MostVersions = 5;

    private static readonly TagApi Tags = new("PolicyArn", "TagPolicy", "UntagPolicy", "ListPolicyTags");

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var action = $"{(prior is null ? "creating" : "updating")} IAM Policy ({state.Text("name")})";
        if (prior is null)
        {
            var input = IamApi.Request(state, ("name", "PolicyName"), ("path", "Path"), ("policy", "PolicyDocument"), ("description", "Description"));
            input["Tags"] = TagApi.Of(state);
            await IamApi.Client.CallAsync(context, action, "CreatePolicy", input);
        }
        else
        {
            if (prior["policy"] != state["policy"])
            {
                await AddVersionAsync(context, action, state);
            }

            await Tags.UpdateAsync(IamApi.Client, context, action, prior, state);
        }

        return await ReadAsync(context, state) ?? state;
    }

    /// <summary>The versions that do not count go first.</summary>
    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, state) is null)
        {
            return;
        }

        var action = $"deleting IAM Policy ({state.Text("arn")})";
        foreach (var version in await OtherVersionsAsync(context, action, state))
        {
            await DeleteVersionAsync(context, action, state, version);
        }

        await IamApi.Client.CallAsync(context, action, "DeletePolicy", Named(state));
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        if ((await IamApi.Client.FindAsync(context, "GetPolicy", Named(state)))?["Policy"] is not JsonObject policy)
        {
            return null;
        }

        var version = await IamApi.Client.CallAsync(
            context, $"reading IAM Policy ({state.Text("arn")}) version", "GetPolicyVersion", Version(state, policy.RequiredText("DefaultVersionId")));
        state = await Tags.ObserveAsync(IamApi.Client, context, state.Text("arn")!, state);
        return state
            .With("attachment_count", (long)policy.Integer("AttachmentCount")!)
            .With("description", policy.Text("Description") ?? (state["description"].IsNull ? null : ""))
            .With("path", policy.RequiredText("Path"))
            .With("policy", IamApi.Document(version["PolicyVersion"]!.AsObject(), "Document"))
            .With("policy_id", policy.RequiredText("PolicyId"));
    }

    /// <summary>A changed document is a new version, for which the oldest one makes room.</summary>
    private static async Task AddVersionAsync(ResourceContext context, string action, MapValue state)
    {
        var others = await OtherVersionsAsync(context, action, state);
        if (others.Count == MostVersions - 1)
        {
            await DeleteVersionAsync(context, action, state, others[^1]);
        }

        var input = Named(state);
        (input["PolicyDocument"], input["SetAsDefault"]) = (state.Text("policy"), true);
        await IamApi.Client.CallAsync(context, action, "CreatePolicyVersion", input);
    }

    /// <summary>The versions that are not the default, the newest first.</summary>
    private static async Task<IReadOnlyList<string>> OtherVersionsAsync(ResourceContext context, string action, MapValue state) =>
        [.. (await IamApi.Client.CallAsync(context, action, "ListPolicyVersions", Named(state))).Objects("Versions")
            .Where(version => !version.Flag("IsDefaultVersion")).Select(version => version.RequiredText("VersionId"))];

    private static Task DeleteVersionAsync(ResourceContext context, string action, MapValue state, string version) =>
        IamApi.Client.CallAsync(context, action, "DeletePolicyVersion", Version(state, version));

    private static JsonObject Version(MapValue state, string version) => new() { ["PolicyArn"] = state.Text("arn"), ["VersionId"] = version };

    private static JsonObject Named(MapValue state) => new() { ["PolicyArn"] = state.Text("arn") };
}
