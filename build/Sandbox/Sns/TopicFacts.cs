using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>The tags and the policies of topics, for whoever decides on requests.</summary>
internal sealed class TopicFacts(PerRegion<TopicStore> stores) : IResourceFacts
{
    public ResourceFacts? Find(string arn) =>
        stores.All.Select(store => store.Find(arn)).FirstOrDefault(topic => topic is not null) is { } topic ? new ResourceFacts(topic.Tags, topic.Policy) : null;
}
