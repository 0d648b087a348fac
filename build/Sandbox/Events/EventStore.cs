using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Events;

/// <summary>The rules of one region's default event bus, and what became of the events that they matched.</summary>
/// <param name="folder">The folder that keeps them.</param>
internal sealed class EventStore(string folder)
{
    private readonly RecordStore<EventRule> _rules = new(Path.Combine(folder, "rules.json"));
    private readonly RecordLog<EventDelivery> _deliveries = new(Path.Combine(folder, "deliveries.jsonl"));

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<EventRule> Rules => _rules.All;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<EventDelivery> Deliveries => _deliveries.All;

    /// <summary>Those of all regions.</summary>
    public static PerRegion<EventStore> OfRegions(SandboxSettings settings) => new(settings.FolderOf("events"), folder => new EventStore(folder));

    public EventRule? Find(string name) => _rules.Find(name);

    public void Put(EventRule rule) => _rules.Put(rule.Name, rule);

    public void Update(string name, Func<EventRule, EventRule> change) => _rules.Update(name, change);

    public void Remove(string name) => _rules.Remove(name);

    public void Note(EventDelivery delivery) => _deliveries.Add(delivery);
}
