using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Calls one service of the sandbox for resources, under the rules that it has for every client.</summary>
/// <param name="service">The service's signing name.</param>
/// <param name="title">Its name in the provider's errors.</param>
internal sealed class ApiClient(string service, string title)
{
    /// <param name="action">What the provider is doing, for example <c>creating SNS Topic (alerts)</c>.</param>
    /// <exception cref="ResourceError">The service refuses it.</exception>
    public async Task<JsonObject> CallAsync(ResourceContext context, string action, string operation, JsonObject input)
    {
        try
        {
            return await context.Services.CallAsync(service, operation, input, context.Region);
        }
        catch (AwsError error)
        {
            throw ResourceError.FromApi(action, $"{title}: {operation}", error.Status, error.Code, error.Message);
        }
    }

    /// <returns>Null if there is no such thing.</returns>
    /// <exception cref="ResourceError">The service refuses it for another reason, so nobody knows whether there is one.</exception>
    public async Task<JsonObject?> FindAsync(ResourceContext context, string operation, JsonObject input)
    {
        try
        {
            return await context.Services.CallAsync(service, operation, input, context.Region);
        }
        catch (AwsError error) when (IsNotFound(error))
        {
            return null;
        }
        catch (AwsError error)
        {
            throw ResourceError.FromApi($"reading {title}", $"{title}: {operation}", error.Status, error.Code, error.Message);
        }
    }

    // SageMaker has no code of its own for it, and IAM another one.
    private static bool IsNotFound(AwsError error) =>
        error.Code == "NoSuchEntity" || error.Code.Contains("NotFound", StringComparison.Ordinal) || error is { Code: "ValidationException", Message: "Requested resource not found." };
}

/// <summary>How a service's operations on tags are called.</summary>
/// <param name="Arn">The member that names the resource.</param>
internal sealed record TagApi(string Arn, string Add = "TagResource", string Remove = "UntagResource", string List = "ListTagsForResource")
{
    /// <summary>The member that holds the tags.</summary>
    public string Tags { get; init; } = "Tags";

    /// <summary>The member that holds the keys of tags to remove.</summary>
    public string Keys { get; init; } = "TagKeys";

    /// <summary>The attribute of a state that names the resource.</summary>
    public string Attribute { get; init; } = "arn";

    /// <summary>All tags of a state, as a request to create a resource has them.</summary>
    public static JsonArray Of(MapValue state) => state["tags_all"] is MapValue tags
        ? new([.. tags.Members.Keys.Select(key => new JsonObject { ["Key"] = key, ["Value"] = tags.Text(key) })])
        : [];

    /// <summary>Makes the tags of a resource what a state says.</summary>
    public async Task UpdateAsync(ApiClient api, ResourceContext context, string action, MapValue prior, MapValue state)
    {
        var (before, after) = (prior["tags_all"] as MapValue ?? MapValue.Empty, state["tags_all"] as MapValue ?? MapValue.Empty);
        string[] removed = [.. before.Members.Keys.Except(after.Members.Keys)];
        if (removed.Length > 0)
        {
            await api.CallAsync(context, action, Remove, new()
            {
                [Arn] = state.Text(Attribute),
                [Keys] = new JsonArray([.. removed.Select(key => JsonValue.Create(key))]),
            });
        }

        if (before != after && Of(state) is { Count: > 0 } tags)
        {
            await api.CallAsync(context, action, Add, new() { [Arn] = state.Text(Attribute), [Tags] = tags });
        }
    }

    /// <summary>The state with the tags that a resource has now.</summary>
    public async Task<MapValue> ObserveAsync(ApiClient api, ResourceContext context, string arn, MapValue state)
    {
        var answer = await api.CallAsync(context, $"listing tags for {arn}", List, new() { [Arn] = arn });
        return ProviderTags.Observe(
            context.Provider, state, answer.Objects(Tags).ToDictionary(tag => tag.RequiredText("Key"), tag => tag.RequiredText("Value")));
    }
}
