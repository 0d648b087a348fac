using BuildPipeline.JobLogs;

namespace BuildPipeline.Tracking;

/// <summary>What tells one value of a metric from the others: two values of one line and step are one.</summary>
/// <param name="At">Milliseconds since 1970.</param>
public readonly record struct MetricKey(string Name, long Step, long At)
{
    /// <summary>The key of a value.</summary>
    public static MetricKey From(MetricPoint point) => new(point.Name, point.Step, point.At.ToUnixTimeMilliseconds());
}

/// <summary>What a tracker has of a run.</summary>
public sealed class KnownRun
{
    /// <summary>Parameters.</summary>
    public Dictionary<string, string> Params { get; } = new(StringComparer.Ordinal);

    /// <summary>Tags.</summary>
    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    /// <summary>Values of metrics.</summary>
    public HashSet<MetricKey> Metrics { get; } = [];

    /// <summary>State; null if there is none yet.</summary>
    public TrackedState? State { get; set; }

    /// <summary>Milliseconds since 1970; null while the run runs.</summary>
    public long? EndedAt { get; set; }

    /// <summary>Takes in what the tracker was sent and has accepted.</summary>
    public void Add(RunDifference sent)
    {
        foreach (var (key, value) in sent.Params)
        {
            Params[key] = value;
        }

        foreach (var (key, value) in sent.Tags)
        {
            Tags[key] = value;
        }

        Metrics.UnionWith(sent.Metrics.Select(MetricKey.From));
        if (sent.State is { } state)
        {
            (State, EndedAt) = (state, sent.EndedAt ?? EndedAt);
        }
    }
}

/// <summary>What a tracker lacks of a run.</summary>
public sealed record RunDifference
{
    /// <summary>Parameters that it does not have.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Params { get; init; }

    /// <summary>Tags that it does not have, or has with another value.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; }

    /// <summary>Values of metrics that it does not have, in the order of time.</summary>
    public required IReadOnlyList<MetricPoint> Metrics { get; init; }

    /// <summary>The state; null if it has it already.</summary>
    public TrackedState? State { get; init; }

    /// <summary>Milliseconds since 1970; null while the run runs.</summary>
    public long? EndedAt { get; init; }

    /// <summary>Names of the parameters that it has with another value, which cannot be changed.</summary>
    public required IReadOnlyList<string> Conflicts { get; init; }

    /// <summary>True if the tracker lacks nothing.</summary>
    public bool IsEmpty => Params.Count + Tags.Count + Metrics.Count == 0 && State is null;

    /// <summary>What of a run is not known. Sending it, and asking again, gives nothing.</summary>
    public static RunDifference Between(KnownRun known, TrackedRun run)
    {
        var end = run.EndedAt?.ToUnixTimeMilliseconds();
        return new()
        {
            Params = [.. Ordered(run.Params.Where(entry => !known.Params.ContainsKey(entry.Key)))],
            Tags = [.. Ordered(run.Tags.Where(entry => known.Tags.GetValueOrDefault(entry.Key) != entry.Value))],
            Metrics = [.. run.Metrics.DistinctBy(MetricKey.From).Where(point => !known.Metrics.Contains(MetricKey.From(point))).OrderBy(point => point.At)],
            State = known.State != run.State || (end is not null && known.EndedAt != end) ? run.State : null,
            EndedAt = end,
            Conflicts = [.. run.Params.Where(entry => known.Params.TryGetValue(entry.Key, out var value) && value != entry.Value).Select(entry => entry.Key).Order(StringComparer.Ordinal)],
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Ordered(IEnumerable<KeyValuePair<string, string>> entries) =>
        entries.OrderBy(entry => entry.Key, StringComparer.Ordinal);
}
