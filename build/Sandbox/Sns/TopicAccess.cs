using BuildPipeline.Sandbox.Policies;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>Whether an AWS service may publish to a topic. Users have all rights in their own account.</summary>
internal static class TopicAccess
{
    // CloudWatch needs both to publish to an encrypted topic.
    private static readonly string[] KeyActions = ["kms:Decrypt", "kms:GenerateDataKey"];

    /// <summary>What SNS, or the sandbox, does not take of a policy.</summary>
    /// <returns>The end of the sentence; null if it is all right.</returns>
    public static string? FaultOf(string policy)
    {
        try
        {
            PolicyDocument.Parse(policy, PolicyKind.Resource);
            return null;
        }
        catch (PolicySyntaxException refusal)
        {
            return "Policy Error: " + refusal.Message;
        }
    }

    /// <summary>Why a service may not publish.</summary>
    /// <param name="key">The key of the topic's attribute; null if there is none, or it is unknown.</param>
    /// <returns>Null if it may.</returns>
    public static AwsError? Refusal(Topic topic, ServicePublisher publisher, TopicKey? key)
    {
        if (!PolicyDocument.Parse(topic.Policy, PolicyKind.Resource).Permits(Request("SNS:Publish", topic.Arn, topic, publisher)))
        {
            return SnsErrors.NotAuthorized(
                $"{publisher.Principal} is not authorized to perform: SNS:Publish on resource: {topic.Arn} because no resource-based policy allows the SNS:Publish action");
        }

        return topic.Key is null ? null : KeyRefusal(topic, publisher, key);
    }

    /// <summary>Why a topic's key cannot be used, whoever publishes.</summary>
    /// <returns>Null if it can.</returns>
    public static AwsError? KeyFault(Topic topic, TopicKey? key) => key switch
    {
        _ when topic.Key is null => null,
        null => new AwsError(400, "KMSNotFound", $"Key '{topic.Key}' does not exist"),
        { IsEnabled: false } => new AwsError(400, "KMSDisabled", $"{key.Arn} is disabled."),
        _ => null,
    };

    private static AwsError? KeyRefusal(Topic topic, ServicePublisher publisher, TopicKey? key)
    {
        if (KeyFault(topic, key) is { } fault)
        {
            return fault;
        }

        // A key that AWS manages has no policy that could let another service use it.
        var policy = key!.Policy is { } text ? PolicyDocument.ParseOrNull(text, PolicyKind.Resource) : null;
        return KeyActions.FirstOrDefault(action => policy?.Permits(Request(action, key.Arn, topic, publisher)) != true) is { } denied
            ? new AwsError(
                400,
                "KMSAccessDenied",
                $"{publisher.Principal} is not authorized to perform: {denied} on resource: {key.Arn}, which encrypts the topic {topic.Name}: the key's policy does not allow it")
            : null;
    }

    private static PolicyRequest Request(string action, string resource, Topic topic, ServicePublisher publisher) => new(
        action, resource, PolicyPrincipal.Service(publisher.Principal), key => ValueOf(key, topic, publisher) is { } value ? [value] : []);

    private static string? ValueOf(string key, Topic topic, ServicePublisher publisher) => key.ToUpperInvariant() switch
    {
        "AWS:SECURETRANSPORT" => "true",
        _ when publisher.SourceArn is null => null,
        "AWS:SOURCEARN" => publisher.SourceArn,
        "AWS:SOURCEACCOUNT" or "AWS:SOURCEOWNER" => topic.Owner,
        "AWS:PRINCIPALISAWSSERVICE" => "true",
        "AWS:PRINCIPALSERVICENAME" => publisher.Principal,
        _ => null,
    };
}
