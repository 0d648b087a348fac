using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Sns;

namespace BuildPipeline.Sandbox.Events;

/// <summary>Something that happened, as a service or a user tells EventBridge.</summary>
/// <param name="Source">For example <c>aws.sagemaker</c>.</param>
/// <param name="Resources">ARNs of what it happened to.</param>
internal sealed record BusEvent(string Source, string DetailType, IReadOnlyList<string> Resources, JsonObject Detail, DateTimeOffset Time);

/// <summary>The default event bus of each region: hands events to the targets of the rules that match them.</summary>
internal sealed class EventBus(PerRegion<EventStore> stores, ITopics topics, SandboxSettings settings)
{
    // EventBridge's documentation has no condition keys for the policies of topics.
    private static readonly ServicePublisher Publisher = new("events.amazonaws.com", SourceArn: null);

    /// <returns>The event's id.</returns>
    public string Put(string region, BusEvent happened)
    {
        var (store, id) = (stores.In(region), Guid.NewGuid().ToString());
        var document = Document(region, happened, id);
        foreach (var rule in store.Rules.Where(rule => rule.IsEnabled && EventPattern.Parse(rule.Pattern).Matches(document)))
        {
            foreach (var target in rule.Targets)
            {
                var error = Deliver(target.Arn, TargetInput.Create(rule, target, document));
                store.Note(new EventDelivery(rule.Name, target.Id, id, happened.DetailType, happened.Time, error));
            }
        }

        return id;
    }

    private JsonObject Document(string region, BusEvent happened, string id) => new()
    {
        ["version"] = "0",
        ["id"] = id,
        ["detail-type"] = happened.DetailType,
        ["source"] = happened.Source,
        ["account"] = settings.AccountId,
        ["time"] = happened.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["region"] = region,
        ["resources"] = new JsonArray([.. happened.Resources.Select(resource => JsonValue.Create(resource))]),
        ["detail"] = happened.Detail,
    };

    /// <returns>Why the topic does not have it; null if it has.</returns>
    private string? Deliver(string topic, string message)
    {
        try
        {
            topics.Publish(topic, new TopicMessage(message), Publisher);
            return null;
        }
        catch (AwsError error)
        {
            return $"{error.Code}: {error.Message}";
        }
    }
}
