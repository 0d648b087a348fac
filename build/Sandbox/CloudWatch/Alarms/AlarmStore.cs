using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.CloudWatch.Alarms;

/// <summary>The alarms of one region, and what happened to them; CloudWatch keeps the history of deleted ones too.</summary>
/// <param name="folder">The folder that keeps them.</param>
internal sealed class AlarmStore(string folder)
{
    private readonly RecordStore<Alarm> _alarms = new(Path.Combine(folder, "alarms.json"));
    private readonly RecordLog<AlarmEvent> _history = new(Path.Combine(folder, "alarm-history.jsonl"));

    /// <summary>Held by whoever changes an alarm because of what it is.</summary>
    public Lock Gate => _alarms.Gate;

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<Alarm> Alarms => _alarms.All;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<AlarmEvent> History => _history.All;

    /// <summary>Those of all regions.</summary>
    public static PerRegion<AlarmStore> OfRegions(SandboxSettings settings) => new(settings.FolderOf("cloudwatch"), folder => new AlarmStore(folder));

    public Alarm? Find(string name) => _alarms.Find(name);

    /// <summary>An alarm as rules name it.</summary>
    /// <param name="nameOrArn">Its name, or its ARN.</param>
    public Alarm? Resolve(string nameOrArn) => Find(nameOrArn) ?? Alarms.FirstOrDefault(alarm => alarm.Arn == nameOrArn);

    public void Put(Alarm alarm) => _alarms.Put(alarm.Name, alarm);

    public Alarm? Update(string name, Func<Alarm, Alarm> change) => _alarms.Update(name, change);

    public void Remove(string name) => _alarms.Remove(name);

    public void Note(AlarmEvent happened) => _history.Add(happened);

    /// <summary>The composite alarms whose rules refer to an alarm.</summary>
    public IEnumerable<Alarm> ParentsOf(Alarm alarm) =>
        Alarms.Where(parent => parent.Rule is { } rule && AlarmRule.Parse(rule).Alarms.Any(child => child == alarm.Name || child == alarm.Arn));

    /// <summary>The alarms that a composite alarm's rule refers to.</summary>
    public IEnumerable<Alarm> ChildrenOf(Alarm alarm) => alarm.Rule is { } rule ? AlarmRule.Parse(rule).Alarms.Select(Resolve).OfType<Alarm>() : [];
}

/// <summary>One item of an alarm's history.</summary>
/// <param name="Type">AlarmType.</param>
/// <param name="Kind">HistoryItemType: <c>StateUpdate</c>, <c>ConfigurationUpdate</c> or <c>Action</c>.</param>
/// <param name="Data">HistoryData, as JSON.</param>
internal sealed record AlarmEvent(string Alarm, string Type, DateTimeOffset Time, string Kind, string Summary, string Data);
