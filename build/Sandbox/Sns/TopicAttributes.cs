using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>The attributes of topics: which can be set, and what a topic says of itself.</summary>
internal static class TopicAttributes
{
    public const string Policy = "Policy";
    public const string Key = "KmsMasterKeyId";
    public const string SignatureVersion = "SignatureVersion";

    private const int LongestDisplayName = 100;

    private static readonly string[] OwnersActions =
        ["GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish"];

    /// <summary>The attributes that can be set, and what is wrong with a value, if anything is.</summary>
    private static readonly Dictionary<string, Func<string, string?>> Known = new(StringComparer.Ordinal)
    {
        ["DisplayName"] = value => value.Length <= LongestDisplayName ? null : "DisplayName Reason: must be less than or equal to 100 characters long",
        [Key] = _ => null,
        [Policy] = TopicAccess.FaultOf,
        [SignatureVersion] = value => value is "1" or "2" ? null : "SignatureVersion Reason: must be 1 or 2",

        // The usual value: SNS passes a trace on and starts none.
        ["TracingConfig"] = value => value == "PassThrough" ? null : $"TracingConfig Reason: the sandbox does not emulate '{value}', it has PassThrough",
    };

    /// <summary>Holds an attribute that is about to be set against SNS's rules, and against what is emulated.</summary>
    /// <exception cref="AwsError">InvalidParameter.</exception>
    public static void Check(string name, string value)
    {
        if (!Known.TryGetValue(name, out var check))
        {
            throw SnsErrors.Invalid($"Attributes Reason: the sandbox does not emulate the attribute '{name}' of topics, it has {string.Join(", ", Known.Keys)}");
        }

        if (check(value) is { } fault)
        {
            throw SnsErrors.Invalid(fault);
        }
    }

    /// <summary>What SNS lets do with a topic where nobody said: its owner everything.</summary>
    public static string DefaultPolicy(string arn, string owner) => new JsonObject
    {
        ["Version"] = "2008-10-17",
        ["Id"] = "__default_policy_ID",
        ["Statement"] = new JsonArray(new JsonObject
        {
            ["Sid"] = "__default_statement_ID",
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["AWS"] = "*" },
            ["Action"] = new JsonArray([.. OwnersActions.Select(action => JsonValue.Create($"SNS:{action}"))]),
            ["Resource"] = arn,
            ["Condition"] = new JsonObject { ["StringEquals"] = new JsonObject { ["AWS:SourceOwner"] = owner } },
        }),
    }.ToJsonString();

    /// <summary>A topic's attributes as GetTopicAttributes gives them.</summary>
    public static JsonObject Describe(Topic topic, IReadOnlyList<Subscription> subscriptions)
    {
        var attributes = new JsonObject
        {
            ["TopicArn"] = topic.Arn,
            ["Owner"] = topic.Owner,
            ["DisplayName"] = "",
            ["EffectiveDeliveryPolicy"] = DeliveryPolicy.Document,
            ["SubscriptionsConfirmed"] = Count(subscriptions.Count(subscription => subscription.Pending is null)),
            ["SubscriptionsPending"] = Count(subscriptions.Count(subscription => subscription.Pending is not null)),
            ["SubscriptionsDeleted"] = "0",
        };
        foreach (var (name, value) in topic.Attributes.Where(attribute => attribute.Value.Length > 0))
        {
            attributes[name] = value;
        }

        attributes[Policy] = topic.Policy;
        return attributes;
    }

    private static string Count(int count) => count.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
