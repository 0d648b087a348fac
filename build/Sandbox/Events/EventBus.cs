using System.Globalization;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Events;

/// <summary>Something that happened, as a service or a user tells EventBridge.</summary>
/// <param name="Source">For example <c>aws.sagemaker</c>.</param>
/// <param name="Resources">ARNs of what it happened to.</param>
internal sealed record BusEvent(string Source, string DetailType, IReadOnlyList<string> Resources, JsonObject Detail, DateTimeOffset Time);

/// <summary>The default event bus of each region: hands events to the targets of the rules that match them.</summary>
internal sealed class EventBus(PerRegion<EventStore> stores, TargetDelivery delivery, SandboxSettings settings)
{
    /// <returns>The event's id.</returns>
    public string Put(string region, BusEvent happened)
    {
        var (store, id) = (stores.In(region), Guid.NewGuid().ToString());
        var document = Document(region, happened, id);
        foreach (var rule in store.Rules.Where(rule => rule is { IsEnabled: true, Pattern: { } pattern } && EventPattern.Parse(pattern).Matches(document)))
        {
            Deliver(store, rule, happened, document);
        }

        return id;
    }

    /// <summary>Tells the targets of one rule, whatever its pattern.</summary>
    public void Fire(string region, EventRule rule, BusEvent happened) =>
        Deliver(stores.In(region), rule, happened, Document(region, happened, Guid.NewGuid().ToString()));

    private void Deliver(EventStore store, EventRule rule, BusEvent happened, JsonObject document)
    {
        foreach (var target in rule.Targets)
        {
            var error = delivery.Deliver(rule, target, TargetInput.Create(rule, target, document));
            store.Note(new EventDelivery(rule.Name, target.Id, document["id"]!.GetValue<string>(), happened.DetailType, happened.Time, error));
        }
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
}
