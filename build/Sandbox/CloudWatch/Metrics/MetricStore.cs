using System.Text.Json;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.CloudWatch.Metrics;

/// <summary>One metric: a name in a namespace with its dimensions in the order of their names.</summary>
internal sealed record MetricKey(string Namespace, string Name, IReadOnlyList<Dimension> Dimensions)
{
    /// <summary>The key as one string, equal for equal metrics whatever the order of the dimensions was.</summary>
    public string Text { get; } = JsonSerializer.Serialize(new[] { Namespace, Name }.Concat(
        Dimensions.OrderBy(dimension => dimension.Name, StringComparer.Ordinal)
            .SelectMany(dimension => new[] { dimension.Name, dimension.Value })));
}

internal sealed record Dimension(string Name, string Value);

/// <summary>Values that arrived together, as a statistic set.</summary>
/// <param name="Time">Seconds since 1970.</param>
internal sealed record Datapoint(double Time, double Count, double Sum, double Minimum, double Maximum)
{
    /// <summary>Unit of the values.</summary>
    public string Unit { get; init; } = "None";

    /// <summary>True if the time is kept to the second, for periods below a minute.</summary>
    public bool IsHighResolution { get; init; }

    public static Datapoint Create(DateTimeOffset time, double value) => new(time.ToUnixTimeMilliseconds() / 1000.0, 1, value, value, value);
}

/// <summary>The metrics of one region, for CloudWatch and for the parts that publish metrics themselves; kept in an append-only file.</summary>
internal sealed class MetricStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (MetricKey Key, List<Datapoint> Points)> _series = new(StringComparer.Ordinal);
    private readonly string _file;

    /// <param name="folder">The folder that keeps them.</param>
    public MetricStore(string folder)
    {
        _file = Path.Combine(folder, "metrics.jsonl");
        if (File.Exists(_file))
        {
            Load();
        }
    }

    /// <summary>Those of all regions.</summary>
    public static PerRegion<MetricStore> OfRegions(SandboxSettings settings) => new(settings.FolderOf("cloudwatch"), folder => new MetricStore(folder));

    public IReadOnlyList<MetricKey> Metrics
    {
        get
        {
            lock (_gate)
            {
                return [.. _series.Values.Select(series => series.Key)];
            }
        }
    }

    /// <summary>Metrics with a datapoint of that moment or later.</summary>
    /// <param name="since">Seconds since 1970.</param>
    public IReadOnlyList<MetricKey> ActiveSince(double since)
    {
        lock (_gate)
        {
            return [.. _series.Values.Where(series => series.Points.Exists(point => point.Time >= since)).Select(series => series.Key)];
        }
    }

    public void Put(MetricKey key, params IReadOnlyList<Datapoint> points)
    {
        lock (_gate)
        {
            File.AppendAllText(_file, JsonSerializer.Serialize(new StoredPoints(key, points)) + "\n");
            Add(key, points);
        }
    }

    /// <summary>Datapoints of a metric in a span of time, in order of time.</summary>
    /// <param name="from">First second, since 1970.</param>
    /// <param name="until">The second after the last.</param>
    public IReadOnlyList<Datapoint> Find(MetricKey key, double from, double until)
    {
        lock (_gate)
        {
            return _series.TryGetValue(key.Text, out var series)
                ? [.. series.Points.Where(point => point.Time >= from && point.Time < until).OrderBy(point => point.Time)]
                : [];
        }
    }

    private void Add(MetricKey key, IReadOnlyList<Datapoint> points)
    {
        if (!_series.TryGetValue(key.Text, out var series))
        {
            _series[key.Text] = series = (key, []);
        }

        series.Points.AddRange(points);
    }

    private void Load()
    {
        foreach (var line in File.ReadLines(_file))
        {
            try
            {
                var stored = JsonSerializer.Deserialize<StoredPoints>(line)!;
                Add(stored.Key, stored.Points);
            }
            catch (JsonException)
            {
                // The line that an ended process did not finish.
            }
        }
    }

    private sealed record StoredPoints(MetricKey Key, IReadOnlyList<Datapoint> Points);
}
