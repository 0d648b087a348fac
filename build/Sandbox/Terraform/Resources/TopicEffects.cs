using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes topics those of the sandbox's SNS.</summary>
internal sealed class TopicEffects : IResourceEffects
{
    public static readonly ApiClient Api = new("sns", "SNS");

    private static readonly TagApi Tags = new("ResourceArn");

    /// <summary>SNS's attributes by the provider's.</summary>
    private static readonly Dictionary<string, string> Attributes = new()
    {
        ["display_name"] = "DisplayName", ["kms_master_key_id"] = "KmsMasterKeyId", ["policy"] = "Policy",
        ["signature_version"] = "SignatureVersion", ["tracing_config"] = "TracingConfig",
    };

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var action = $"{(prior is null ? "creating" : "updating")} SNS Topic ({state.Text("name")})";
        if (prior is null)
        {
            var given = Attributes.Where(attribute => ValueOf(state, attribute.Key).Length > 0)
                .Select(attribute => KeyValuePair.Create(attribute.Value, (JsonNode?)ValueOf(state, attribute.Key)));
            await Api.CallAsync(context, action, "CreateTopic", new()
            {
                ["Name"] = state.Text("name"), ["Attributes"] = new JsonObject(given), ["Tags"] = TagApi.Of(state),
            });
        }
        else
        {
            foreach (var (attribute, member) in Attributes.Where(entry => prior[entry.Key] != state[entry.Key]))
            {
                await Api.CallAsync(context, action, "SetTopicAttributes", SetAttribute(state.Text("arn")!, member, ValueOf(state, attribute)));
            }

            await Tags.UpdateAsync(Api, context, action, prior, state);
        }

        return await ReadAsync(context, state) ?? state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken) => await Api.CallAsync(
        context, $"deleting SNS Topic ({state.Text("name")})", "DeleteTopic", new() { ["TopicArn"] = state.Text("arn") });

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        var found = await Api.FindAsync(context, "GetTopicAttributes", new() { ["TopicArn"] = state.Text("arn") });
        if (found?["Attributes"] is not JsonObject attributes)
        {
            return null;
        }

        state = await Tags.ObserveAsync(Api, context, state.Text("arn")!, state);
        foreach (var (attribute, member) in Attributes)
        {
            state = attribute switch
            {
                "signature_version" => state.With(attribute, long.Parse(attributes.Text(member) ?? "0", System.Globalization.CultureInfo.InvariantCulture)),
                "policy" => state.With(attribute, attributes.Text(member)),
                _ => attributes.Text(member) is { Length: > 0 } text ? state.With(attribute, text) : state[attribute].IsNull ? state : state.With(attribute, ""),
            };
        }

        return state.With("owner", attributes.Text("Owner"));
    }

    /// <summary>The request that sets one attribute of a topic.</summary>
    public static JsonObject SetAttribute(string arn, string name, string value) =>
        new() { ["TopicArn"] = arn, ["AttributeName"] = name, ["AttributeValue"] = value };

    // The provider has 0 where nothing was said of the version.
    private static string ValueOf(MapValue state, string attribute) =>
        state.Text(attribute) is not { } text || (attribute == "signature_version" && text == "0") ? "" : text;
}

/// <summary>Makes the policy of a topic what a resource of its own says.</summary>
internal sealed class TopicPolicyEffects : IResourceEffects
{
    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        await SetAsync(context, state.Text("arn")!, state.Text("policy")!);
        return state;
    }

    /// <summary>The topic has the usual policy again.</summary>
    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, state) is not null)
        {
            await SetAsync(context, state.Text("arn")!, TopicResources.DefaultPolicy(state.Text("arn")!, context.Account));
        }
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        var found = await TopicEffects.Api.FindAsync(context, "GetTopicAttributes", new() { ["TopicArn"] = state.Text("arn") });
        return found?["Attributes"]?["Policy"]?.GetValue<string>() is { } policy ? state.With("policy", policy) : null;
    }

    private static Task SetAsync(ResourceContext context, string arn, string policy) =>
        TopicEffects.Api.CallAsync(context, $"setting SNS Topic Policy ({arn})", "SetTopicAttributes", TopicEffects.SetAttribute(arn, "Policy", policy));
}

/// <summary>Makes subscriptions those of the sandbox's SNS.</summary>
internal sealed class SubscriptionEffects : IResourceEffects
{
    private const string Raw = "raw_message_delivery";

    private static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(200);

    // An endpoint is waited for.
    public bool TakesTime => true;

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        if (prior is not null)
        {
            await TopicEffects.Api.CallAsync(context, $"updating SNS Topic Subscription ({state.Text("arn")})", "SetSubscriptionAttributes", new()
            {
                ["SubscriptionArn"] = state.Text("arn"), ["AttributeName"] = "RawMessageDelivery", ["AttributeValue"] = Flag(state),
            });
            return state;
        }

        var input = new JsonObject
        {
            ["TopicArn"] = state.Text("topic_arn"), ["Protocol"] = state.Text("protocol"), ["Endpoint"] = state.Text("endpoint"), ["ReturnSubscriptionArn"] = true,
        };
        if (state.IsTrue(Raw))
        {
            input["Attributes"] = new JsonObject { ["RawMessageDelivery"] = Flag(state) };
        }

        var action = $"creating SNS Topic Subscription ({state.Text("topic_arn")}, {state.Text("protocol")}, {state.Text("endpoint")})";
        var arn = (await TopicEffects.Api.CallAsync(context, action, "Subscribe", input)).RequiredText("SubscriptionArn");
        state = state.With("arn", arn).With("id", arn);
        return await WaitAsync(context, state, cancellationToken);
    }

    /// <summary>A subscription that nobody confirmed stays behind, as on AWS, which forgets it after a while.</summary>
    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, state) is { } found && !found.IsTrue("pending_confirmation"))
        {
            await TopicEffects.Api.CallAsync(
                context, $"deleting SNS Topic Subscription ({state.Text("arn")})", "Unsubscribe", new() { ["SubscriptionArn"] = state.Text("arn") });
        }
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        var found = await TopicEffects.Api.FindAsync(context, "GetSubscriptionAttributes", new() { ["SubscriptionArn"] = state.Text("arn") });
        return found?["Attributes"] is not JsonObject attributes ? null : state
            .With("id", state["arn"])
            .With("topic_arn", attributes.Text("TopicArn"))
            .With("protocol", attributes.Text("Protocol"))
            .With("endpoint", attributes.Text("Endpoint"))
            .With("owner_id", attributes.Text("Owner"))
            .With(Raw, attributes.Text("RawMessageDelivery") == "true")
            .With("pending_confirmation", attributes.Text("PendingConfirmation") == "true")
            .With("confirmation_was_authenticated", attributes.Text("ConfirmationWasAuthenticated") == "true");
    }

    /// <summary>An endpoint that says of itself that it confirms is waited for, as by the provider; no other.</summary>
    private async Task<MapValue> WaitAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromMinutes(double.Parse(state.Text("confirmation_timeout_in_minutes") ?? "1", System.Globalization.CultureInfo.InvariantCulture));
        var started = context.Time.GetTimestamp();
        while (true)
        {
            var found = await ReadAsync(context, state) ?? state;
            if (!state.IsTrue("endpoint_auto_confirms") || !found.IsTrue("pending_confirmation"))
            {
                return found;
            }

            if (context.Time.GetElapsedTime(started) > limit)
            {
                throw new Rules.ResourceError(
                    $"waiting for SNS Topic Subscription ({state.Text("arn")}) confirmation", "timeout while waiting for state to become 'false' (last state: 'true')");
            }

            await Task.Delay(BetweenPolls, context.Time, cancellationToken);
        }
    }

    private static string Flag(MapValue state) => state.IsTrue(Raw) ? "true" : "false";
}
