using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>The topics of one region and the subscriptions to them.</summary>
/// <param name="folder">The folder that keeps them.</param>
internal sealed class TopicStore(string folder)
{
    private readonly RecordStore<Topic> _topics = new(Path.Combine(folder, "topics.json"));
    private readonly RecordStore<Subscription> _subscriptions = new(Path.Combine(folder, "subscriptions.json"));

    /// <summary>In the order of their ARNs.</summary>
    public IReadOnlyList<Topic> Topics => _topics.All;

    /// <summary>In the order of their ARNs.</summary>
    public IReadOnlyList<Subscription> Subscriptions => _subscriptions.All;

    /// <summary>Those of all regions.</summary>
    public static PerRegion<TopicStore> OfRegions(SandboxSettings settings) => new(settings.FolderOf("sns"), folder => new TopicStore(folder));

    public Topic? Find(string arn) => _topics.Find(arn);

    public IEnumerable<Subscription> SubscriptionsOf(string topicArn) => Subscriptions.Where(subscription => subscription.TopicArn == topicArn);

    public Subscription? FindSubscription(string arn) => _subscriptions.Find(arn);

    public void Put(Topic topic) => _topics.Put(topic.Arn, topic);

    public void Put(Subscription subscription) => _subscriptions.Put(subscription.Arn, subscription);

    public void Update(string arn, Func<Topic, Topic> change) => _topics.Update(arn, change);

    public void Remove(Subscription subscription) => _subscriptions.Remove(subscription.Arn);

    /// <summary>Removes a topic and the subscriptions to it.</summary>
    public void Remove(string topicArn)
    {
        foreach (var subscription in SubscriptionsOf(topicArn).ToList())
        {
            Remove(subscription);
        }

        _topics.Remove(topicArn);
    }
}
