using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>Publishes messages to the confirmed subscriptions of topics.</summary>
internal sealed class Topics(PerRegion<TopicStore> stores, ITopicKeys keys, Deliveries deliveries, TimeProvider time) : ITopics
{
    private const int Most = 256 * 1024;
    private const int LongestSubject = 100;

    public string Publish(string topicArn, TopicMessage message, ServicePublisher publisher)
    {
        var topic = Find(topicArn);
        return TopicAccess.Refusal(topic, publisher, KeyOf(topic)) is { } refusal ? throw refusal : Send(topic, message);
    }

    /// <summary>Publishes a message for a user of the account.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="AwsError">There is no such topic, its key cannot be used, or the message breaks a rule.</exception>
    public string Publish(string topicArn, TopicMessage message)
    {
        var topic = Find(topicArn);
        Check(message);
        return TopicAccess.KeyFault(topic, KeyOf(topic)) is { } fault ? throw fault : Send(topic, message);
    }

    /// <summary>Asks the endpoint of a subscription to confirm it.</summary>
    public void AskToConfirm(Topic topic, Subscription subscription) => deliveries.Send(topic, subscription, new OutgoingMessage(
        "SubscriptionConfirmation",
        Guid.NewGuid().ToString(),
        topic.Arn,
        $"You have chosen to subscribe to the topic {topic.Arn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
        time.GetUtcNow())
    {
        Token = subscription.Pending!.Token,
        Subject = subscription.Protocol == "email" ? "AWS Notification - Subscription Confirmation" : null,
    });

    private string Send(Topic topic, TopicMessage message)
    {
        var outgoing = new OutgoingMessage("Notification", Guid.NewGuid().ToString(), topic.Arn, message.Body, time.GetUtcNow()) { Subject = message.Subject };
        foreach (var subscription in stores.In(RegionOf(topic.Arn)).SubscriptionsOf(topic.Arn).Where(subscription => subscription.Pending is null))
        {
            deliveries.Send(topic, subscription, subscription.Protocol == "email" && message.Email is { } text ? outgoing with { Message = text } : outgoing);
        }

        return outgoing.MessageId;
    }

    // A region's state is opened by its name: only names that are known may come from outside.
    private Topic Find(string arn) => stores.All.Select(store => store.Find(arn)).OfType<Topic>().FirstOrDefault() ?? throw SnsErrors.NoTopic();

    private TopicKey? KeyOf(Topic topic) => topic.Key is { } key ? keys.Find(key, RegionOf(topic.Arn)) : null;

    private static string RegionOf(string arn) => arn.Split(':')[3];

    private static void Check(TopicMessage message)
    {
        if (message.Body.Length == 0)
        {
            throw SnsErrors.Invalid("Empty message");
        }

        if (System.Text.Encoding.UTF8.GetByteCount(message.Body) > Most)
        {
            throw SnsErrors.Invalid("Message too long");
        }

        if (message.Subject is { } subject && (subject.Length is 0 or > LongestSubject || subject.Any(character => char.IsControl(character) || !char.IsAscii(character))))
        {
            throw SnsErrors.Invalid("Subject");
        }
    }
}
