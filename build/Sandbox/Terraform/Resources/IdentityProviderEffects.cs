using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes OpenID Connect providers those of the sandbox's IAM.</summary>
internal sealed class IdentityProviderEffects : IResourceEffects
{
    private const string Arn = "OpenIDConnectProviderArn";
    private const string Clients = "client_id_list";
    private const string Thumbprints = "thumbprint_list";

    private static readonly TagApi Tags = new(Arn, "TagOpenIDConnectProvider", "UntagOpenIDConnectProvider", "ListOpenIDConnectProviderTags");

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var action = $"{(prior is null ? "creating" : "updating")} IAM OIDC Provider ({state.Text("url")})";
        if (prior is null)
        {
            await IamApi.Client.CallAsync(context, action, "CreateOpenIDConnectProvider", new()
            {
                ["Url"] = state.Text("url"), ["ClientIDList"] = TextsOf(state, Clients), ["ThumbprintList"] = TextsOf(state, Thumbprints), ["Tags"] = TagApi.Of(state),
            });
        }
        else
        {
            await UpdateAsync(context, action, prior, state);
            await Tags.UpdateAsync(IamApi.Client, context, action, prior, state);
        }

        return await ReadAsync(context, state) ?? state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, state) is not null)
        {
            await IamApi.Client.CallAsync(context, $"deleting IAM OIDC Provider ({state.Text("arn")})", "DeleteOpenIDConnectProvider", Named(state));
        }
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        if (await IamApi.Client.FindAsync(context, "GetOpenIDConnectProvider", Named(state)) is not { } provider)
        {
            return null;
        }

        state = await Tags.ObserveAsync(IamApi.Client, context, state.Text("arn")!, state);
        return state
            .With(Clients, Value.SetOf(provider.Texts("ClientIDList")))
            .With(Thumbprints, Value.ListOf(provider.Texts("ThumbprintList")));
    }

    private static async Task UpdateAsync(ResourceContext context, string action, MapValue prior, MapValue state)
    {
        Task CallAsync(string operation, string member, JsonNode value)
        {
            var input = Named(state);
            input[member] = value;
            return IamApi.Client.CallAsync(context, action, operation, input);
        }

        foreach (var client in state.Texts(Clients).Except(prior.Texts(Clients)))
        {
            await CallAsync("AddClientIDToOpenIDConnectProvider", "ClientID", client);
        }

        foreach (var client in prior.Texts(Clients).Except(state.Texts(Clients)))
        {
            await CallAsync("RemoveClientIDFromOpenIDConnectProvider", "ClientID", client);
        }

        if (prior[Thumbprints] != state[Thumbprints])
        {
            await CallAsync("UpdateOpenIDConnectProviderThumbprint", "ThumbprintList", TextsOf(state, Thumbprints));
        }
    }

    private static JsonArray TextsOf(MapValue state, string attribute) => new([.. state.Texts(attribute).Select(text => JsonValue.Create(text))]);

    private static JsonObject Named(MapValue state) => new() { [Arn] = state.Text("arn") };
}
