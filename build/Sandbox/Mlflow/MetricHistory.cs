using System.Text.Json;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Mlflow;

/// <summary>The metrics of one run, in an append-only file. A value that is there already is not added: in MLflow's database, all members together are its key.</summary>
internal sealed class MetricHistory
{
    private readonly string _file;
    private readonly HashSet<Metric> _known = [];
    private readonly Dictionary<string, List<Metric>> _series = new(StringComparer.Ordinal);

    public MetricHistory(string file)
    {
        _file = file;
        if (File.Exists(file))
        {
            Load();
        }
    }

    /// <summary>How many values there are.</summary>
    public int Count => _known.Count;

    /// <summary>How many values came that were there already, since the sandbox started.</summary>
    public int Repeated { get; private set; }

    /// <summary>Of each metric the value of its last step; of several of them, the newest.</summary>
    public IEnumerable<Metric> Latest => _series.Values.Select(values => values.MaxBy(metric => (metric.Step, metric.Timestamp, metric.Value))!);

    public void Add(IReadOnlyList<Metric> metrics)
    {
        var added = metrics.Where(Remember).ToList();
        Repeated += metrics.Count - added.Count;
        if (added.Count > 0)
        {
            File.AppendAllLines(_file, added.Select(metric => JsonSerializer.Serialize(metric, SandboxJson.Options)));
        }
    }

    /// <summary>All values of a metric in the order of time.</summary>
    public IReadOnlyList<Metric> Find(string key) => _series.TryGetValue(key, out var values)
        ? [.. values.OrderBy(metric => metric.Timestamp).ThenBy(metric => metric.Step).ThenBy(metric => metric.Value)]
        : [];

    private bool Remember(Metric metric)
    {
        if (!_known.Add(metric))
        {
            return false;
        }

        if (!_series.TryGetValue(metric.Key, out var values))
        {
            _series[metric.Key] = values = [];
        }

        values.Add(metric);
        return true;
    }

    private void Load()
    {
        foreach (var line in File.ReadLines(_file))
        {
            try
            {
                Remember(JsonSerializer.Deserialize<Metric>(line, SandboxJson.Options)!);
            }
            catch (JsonException)
            {
                // The line that an ended process did not finish.
            }
        }
    }
}
