using System.Text.Json.Serialization;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>A topic, as it is stored.</summary>
/// <param name="Attributes">What was set of it; what was not has its usual value.</param>
internal sealed record Topic(string Arn, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Tags)
{
    [JsonIgnore]
    public string Name => Arn.Split(':')[5];

    [JsonIgnore]
    public string Owner => Arn.Split(':')[4];

    /// <summary>Who may do what with the topic, as a policy document.</summary>
    [JsonIgnore]
    public string Policy => Attributes.GetValueOrDefault(TopicAttributes.Policy) ?? TopicAttributes.DefaultPolicy(Arn, Owner);

    /// <summary>Id, ARN or alias of the key that encrypts its messages; null if none does.</summary>
    [JsonIgnore]
    public string? Key => Attributes.GetValueOrDefault(TopicAttributes.Key) is { Length: > 0 } key ? key : null;

    /// <summary>Version of the signature of its messages, <c>1</c> or <c>2</c>.</summary>
    [JsonIgnore]
    public string SignatureVersion => Attributes.GetValueOrDefault(TopicAttributes.SignatureVersion, "1");
}

/// <summary>A subscription to a topic, as it is stored.</summary>
/// <param name="Protocol"><c>email</c>, <c>email-json</c>, <c>http</c> or <c>https</c>.</param>
internal sealed record Subscription(string Arn, string TopicArn, string Protocol, string Endpoint)
{
    /// <summary>What confirms it, and since when; null once it is confirmed.</summary>
    public PendingConfirmation? Pending { get; init; }

    /// <summary>True if only signed requests may end it.</summary>
    public bool AuthenticateOnUnsubscribe { get; init; }

    /// <summary>True if a message is delivered as it is, without SNS's document around it.</summary>
    public bool RawMessageDelivery { get; init; }
}

internal sealed record PendingConfirmation(string Token, DateTimeOffset Since);
