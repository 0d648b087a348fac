using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>What SNS sends to one subscription.</summary>
/// <param name="Type"><c>Notification</c>, <c>SubscriptionConfirmation</c> or <c>UnsubscribeConfirmation</c>.</param>
internal sealed record OutgoingMessage(string Type, string MessageId, string TopicArn, string Message, DateTimeOffset Time)
{
    public string? Subject { get; init; }

    /// <summary>Confirms the subscription; null of a notification.</summary>
    public string? Token { get; init; }

    /// <summary>The time as the document has it.</summary>
    public string Timestamp => Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>What of it is signed: names and values of certain members, each in a line, in the order of the names.</summary>
    /// <param name="sandbox">Where the sandbox listens.</param>
    public string Signed(Uri sandbox) => string.Concat(Members(sandbox).Where(member => member.Value is not null).Select(member => $"{member.Name}\n{member.Value}\n"));

    /// <summary>The document that is sent.</summary>
    /// <param name="subscriptionArn">The subscription that it goes to.</param>
    /// <param name="version">Version of the signature.</param>
    public string Document(Uri sandbox, string subscriptionArn, MessageSigner signer, string version)
    {
        var document = new JsonObject { [nameof(Type)] = Type, [nameof(MessageId)] = MessageId, [nameof(TopicArn)] = TopicArn, [nameof(Message)] = Message, [nameof(Timestamp)] = Timestamp };
        if (Subject is not null)
        {
            document[nameof(Subject)] = Subject;
        }

        document["SignatureVersion"] = version;
        document["Signature"] = signer.Sign(Signed(sandbox), version);
        document["SigningCertURL"] = new Uri(sandbox, $"{SnsSetup.CertificatePath}{signer.CertificateName}").AbsoluteUri;
        if (Token is null)
        {
            document["UnsubscribeURL"] = UnsubscribeUrl(sandbox, subscriptionArn);
        }
        else
        {
            document[nameof(Token)] = Token;
            document["SubscribeURL"] = SubscribeUrl(sandbox);
        }

        return document.ToJsonString(SandboxJson.Options);
    }

    /// <summary>The text of an e-mail.</summary>
    public string Letter(Uri sandbox, string subscriptionArn) => Token is null
        ? $"{Message}\n\n--\nTo stop receiving notifications from this topic: {UnsubscribeUrl(sandbox, subscriptionArn)}\n"
        : $"You have chosen to subscribe to the topic {TopicArn}.\nTo confirm this subscription: {SubscribeUrl(sandbox)}\n";

    public string SubscribeUrl(Uri sandbox) => $"{sandbox}?Action=ConfirmSubscription&TopicArn={TopicArn}&Token={Token}";

    private static string UnsubscribeUrl(Uri sandbox, string subscriptionArn) => $"{sandbox}?Action=Unsubscribe&SubscriptionArn={subscriptionArn}";

    private (string Name, string? Value)[] Members(Uri sandbox) => Token is null
        ? [(nameof(Message), Message), (nameof(MessageId), MessageId), (nameof(Subject), Subject), (nameof(Timestamp), Timestamp), (nameof(TopicArn), TopicArn), (nameof(Type), Type)]
        :
        [
            (nameof(Message), Message), (nameof(MessageId), MessageId), ("SubscribeURL", SubscribeUrl(sandbox)), (nameof(Timestamp), Timestamp), (nameof(Token), Token),
            (nameof(TopicArn), TopicArn), (nameof(Type), Type),
        ];
}
