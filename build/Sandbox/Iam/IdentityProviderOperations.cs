using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>The operations on OpenID Connect providers.</summary>
internal sealed class IdentityProviderOperations(IamStore store, SandboxSettings settings, TimeProvider time) : IAwsOperations
{
    private const int MostClients = 100;
    private const int MostThumbprints = 5;
    private const int ThumbprintLength = 40;

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, Func<AwsCall, JsonObject?>>(StringComparer.Ordinal)
    {
        ["CreateOpenIDConnectProvider"] = Create,
        ["GetOpenIDConnectProvider"] = call => Describe(Find(call)),
        ["DeleteOpenIDConnectProvider"] = Delete,
        ["ListOpenIDConnectProviders"] = List,
        ["UpdateOpenIDConnectProviderThumbprint"] = call => Change(call, provider => provider with { Thumbprints = Thumbprints(call) }),
        ["AddClientIDToOpenIDConnectProvider"] = AddClient,
        ["RemoveClientIDFromOpenIDConnectProvider"] = call => Change(
            call, provider => provider with { ClientIds = [.. provider.ClientIds.Where(client => client != call.Input.RequiredText("ClientID"))] }),
        ["TagOpenIDConnectProvider"] = call => Change(call, provider => provider with { Tags = IamRules.Tags.With(provider.Tags, call.Input.Objects("Tags")) }),
        ["UntagOpenIDConnectProvider"] = call => Change(call, provider => provider with { Tags = TagRules.Without(provider.Tags, call.Input.Texts("TagKeys")) }),
        ["ListOpenIDConnectProviderTags"] = call => IamAnswer.Tags(call, Find(call).Tags),
    }.ToDictionary(operation => operation.Key, operation => IamRules.Alone(store, operation.Value), StringComparer.Ordinal);

    private JsonObject Create(AwsCall call)
    {
        var text = call.Input.RequiredText("Url");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !text.StartsWith(IssuerUrl.Scheme, StringComparison.Ordinal) || url.Query.Length > 0)
        {
            throw IamErrors.Invalid("Invalid Open ID Connect Provider URL");
        }

        var issuer = IssuerUrl.WithoutScheme(text);
        var provider = new IdentityProvider(IamRules.Arn(settings, call, $"oidc-provider/{issuer}"), issuer, IamRules.Now(time))
        {
            ClientIds = Limited([.. call.Input.Texts("ClientIDList").Distinct()], MostClients, "ClientIdsPerOpenIdConnectProvider"),
            Thumbprints = Thumbprints(call),
            Tags = IamRules.Tags.With(new Dictionary<string, string>(), call.Input.Objects("Tags")),
        };
        if (store.FindProvider(provider.Arn) is not null)
        {
            throw IamErrors.Exists($"Provider with url {text} already exists.");
        }

        store.Put(provider);
        return new JsonObject { ["OpenIDConnectProviderArn"] = provider.Arn, ["Tags"] = TagRules.Describe(provider.Tags) };
    }

    /// <remarks>Without any, AWS asks the provider for its certificate; the sandbox calls nobody and says so with zeros.</remarks>
    private static IReadOnlyList<string> Thumbprints(AwsCall call)
    {
        var given = call.Input.Texts("ThumbprintList");
        return given.Count == 0 ? [new string('0', ThumbprintLength)] : Limited(given, MostThumbprints, "ThumbprintsPerOpenIdConnectProvider");
    }

    private JsonObject? Delete(AwsCall call)
    {
        store.Remove(Find(call));
        return null;
    }

    private JsonObject List(AwsCall call)
    {
        var prefix = IamRules.Arn(settings, call, "oidc-provider/");
        return new()
        {
            ["OpenIDConnectProviderList"] = new JsonArray([.. store.Providers.Where(provider => provider.Arn.StartsWith(prefix, StringComparison.Ordinal))
                .Select(provider => new JsonObject { ["Arn"] = provider.Arn })]),
        };
    }

    private JsonObject? AddClient(AwsCall call) => Change(call, provider => provider with
    {
        ClientIds = Limited([.. provider.ClientIds.Append(call.Input.RequiredText("ClientID")).Distinct()], MostClients, "ClientIdsPerOpenIdConnectProvider"),
    });

    private JsonObject? Change(AwsCall call, Func<IdentityProvider, IdentityProvider> change)
    {
        store.Put(change(Find(call)));
        return null;
    }

    private IdentityProvider Find(AwsCall call) => store.FindProvider(call.Input.RequiredText("OpenIDConnectProviderArn"))
        ?? throw IamErrors.NoSuchEntity($"OpenIDConnect Provider not found for arn {call.Input.RequiredText("OpenIDConnectProviderArn")}");

    private static IReadOnlyList<string> Limited(IReadOnlyList<string> items, int most, string quota) =>
        items.Count <= most ? items : throw IamErrors.Limit($"Cannot exceed quota for {quota}: {most}");

    private static JsonObject Describe(IdentityProvider provider) => new()
    {
        ["Url"] = provider.Url,
        ["ClientIDList"] = Texts(provider.ClientIds),
        ["ThumbprintList"] = Texts(provider.Thumbprints),
        ["CreateDate"] = IamAnswer.Time(provider.Created),
        ["Tags"] = TagRules.Describe(provider.Tags),
    };

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
