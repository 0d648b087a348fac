using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>The operations on subscriptions.</summary>
internal sealed class SubscriptionOperations(PerRegion<TopicStore> stores, Topics topics, TimeProvider time) : IAwsOperations
{
    private const int PageSize = 100;
    private const int TokenBytes = 64;
    private const string Raw = "RawMessageDelivery";
    private const string NotConfirmed = "PendingConfirmation";

    private static readonly TimeSpan TokenLife = TimeSpan.FromDays(2);

    public IReadOnlyDictionary<string, AwsOperation> Operations => new Dictionary<string, AwsOperation>(StringComparer.Ordinal)
    {
        ["Subscribe"] = AwsOperations.Of(Subscribe),
        ["ConfirmSubscription"] = AwsOperations.Of(Confirm),
        ["Unsubscribe"] = AwsOperations.Of(Unsubscribe),
        ["ListSubscriptions"] = AwsOperations.Of(call => List(stores.In(call.Region).Subscriptions, call.Input)),
        ["ListSubscriptionsByTopic"] = AwsOperations.Of(ListByTopic),
        ["GetSubscriptionAttributes"] = AwsOperations.Of(GetAttributes),
        ["SetSubscriptionAttributes"] = AwsOperations.Of(SetAttributes),
    };

    private JsonObject Subscribe(AwsCall call)
    {
        var store = stores.In(call.Region);
        var (topic, protocol, endpoint) = (TopicOperations.Find(store, call.Input), call.Input.RequiredText("Protocol"), call.Input.Text("Endpoint") ?? "");
        Endpoints.Check(protocol, endpoint);
        var known = store.SubscriptionsOf(topic.Arn).FirstOrDefault(one => one.Protocol == protocol && one.Endpoint == endpoint);
        var subscription = known ?? new Subscription($"{topic.Arn}:{Guid.NewGuid()}", topic.Arn, protocol, endpoint)
        {
            Pending = new PendingConfirmation(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)), time.GetUtcNow()),
        };
        foreach (var (name, value) in call.Input["Attributes"] as JsonObject ?? [])
        {
            subscription = With(subscription, name, value!.GetValue<string>());
        }

        store.Put(subscription);
        if (subscription.Pending is not null)
        {
            topics.AskToConfirm(topic, subscription);
        }

        var isTold = subscription.Pending is null || call.Input.Flag("ReturnSubscriptionArn");
        return new JsonObject { ["SubscriptionArn"] = isTold ? subscription.Arn : "pending confirmation" };
    }

    private JsonObject Confirm(AwsCall call)
    {
        var (store, token) = (stores.In(call.Region), call.Input.RequiredText("Token"));
        var topic = TopicOperations.Find(store, call.Input);
        var subscription = store.SubscriptionsOf(topic.Arn).FirstOrDefault(one => one.Pending?.Token == token && one.Pending.Since > time.GetUtcNow() - TokenLife)
            ?? throw SnsErrors.Invalid("Token");
        store.Put(subscription with { Pending = null, AuthenticateOnUnsubscribe = call.Input.Text("AuthenticateOnUnsubscribe") == "true" });
        return new JsonObject { ["SubscriptionArn"] = subscription.Arn };
    }

    // A link in a message is not signed.
    private JsonObject? Unsubscribe(AwsCall call)
    {
        var (store, arn) = (stores.In(call.Region), call.Input.RequiredText("SubscriptionArn"));
        var subscription = store.FindSubscription(arn) ?? throw SnsErrors.NoSubscription();
        if (subscription.Pending is not null)
        {
            throw SnsErrors.Invalid("SubscriptionArn Reason: Cannot unsubscribe a subscription that is pending confirmation");
        }

        if (subscription.AuthenticateOnUnsubscribe && call.Caller is null)
        {
            throw SnsErrors.NotAuthorized("The subscription can only be ended by a signed request of its owner");
        }

        store.Remove(subscription);
        return null;
    }

    private JsonObject ListByTopic(AwsCall call)
    {
        var store = stores.In(call.Region);
        return List([.. store.SubscriptionsOf(TopicOperations.Find(store, call.Input).Arn)], call.Input);
    }

    private static JsonObject List(IReadOnlyList<Subscription> subscriptions, JsonObject input)
    {
        var (page, next) = Paging.Page(subscriptions, input.Text("NextToken"), PageSize, () => SnsErrors.Invalid("NextToken"));
        var answer = new JsonObject
        {
            ["Subscriptions"] = new JsonArray([.. page.Select(subscription => new JsonObject
            {
                ["SubscriptionArn"] = subscription.Pending is null ? subscription.Arn : NotConfirmed,
                ["Owner"] = OwnerOf(subscription),
                ["Protocol"] = subscription.Protocol,
                ["Endpoint"] = subscription.Endpoint,
                ["TopicArn"] = subscription.TopicArn,
            })]),
        };
        if (next is not null)
        {
            answer["NextToken"] = next;
        }

        return answer;
    }

    private JsonObject GetAttributes(AwsCall call)
    {
        var subscription = Find(call);
        return new JsonObject
        {
            ["Attributes"] = new JsonObject
            {
                ["SubscriptionArn"] = subscription.Arn,
                ["TopicArn"] = subscription.TopicArn,
                ["Owner"] = OwnerOf(subscription),
                ["Protocol"] = subscription.Protocol,
                ["Endpoint"] = subscription.Endpoint,
                ["PendingConfirmation"] = Text(subscription.Pending is not null),
                ["ConfirmationWasAuthenticated"] = Text(subscription.AuthenticateOnUnsubscribe),
                [Raw] = Text(subscription.RawMessageDelivery),
            },
        };
    }

    private JsonObject? SetAttributes(AwsCall call)
    {
        var subscription = With(Find(call), call.Input.RequiredText("AttributeName"), call.Input.Text("AttributeValue") ?? "");
        stores.In(call.Region).Put(subscription);
        return null;
    }

    private static Subscription With(Subscription subscription, string name, string value)
    {
        if (name != Raw)
        {
            throw SnsErrors.Invalid($"Attributes Reason: the sandbox does not emulate the attribute '{name}' of subscriptions, it has {Raw}");
        }

        var isRaw = bool.TryParse(value, out var given) ? given : throw SnsErrors.Invalid($"Attributes Reason: {Raw}: Invalid value [{value}]. Must be true or false.");
        return isRaw && subscription.Protocol.StartsWith("email", StringComparison.Ordinal)
            ? throw SnsErrors.Invalid($"Attributes Reason: Delivery protocol [{subscription.Protocol}] does not support raw message delivery.")
            : subscription with { RawMessageDelivery = isRaw };
    }

    private Subscription Find(AwsCall call) =>
        stores.In(call.Region).FindSubscription(call.Input.RequiredText("SubscriptionArn")) ?? throw SnsErrors.NoSubscription();

    private static string OwnerOf(Subscription subscription) => subscription.TopicArn.Split(':')[4];

    private static string Text(bool flag) => flag ? "true" : "false";
}
