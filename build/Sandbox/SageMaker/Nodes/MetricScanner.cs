using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>Finds the values of a job's metric definitions in what its nodes write.</summary>
internal sealed class MetricScanner(TrainingJob job, MetricStore metrics, TimeProvider time)
{
    public const string Namespace = "/aws/sagemaker/TrainingJobs";

    // A definition comes from outside: one that backtracks without end must not delay the logs.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    private readonly (string Name, Regex Regex)[] _definitions =
    [
        .. (job.Request.AlgorithmSpecification.MetricDefinitions ?? [])
            .Select(definition => (definition.Name, new Regex(definition.Regex, RegexOptions.CultureInvariant, MatchTimeout))),
    ];

    private readonly ConcurrentDictionary<string, FinalMetric> _latest =
        new((job.FinalMetrics ?? []).Select(metric => KeyValuePair.Create(metric.Name, metric)), StringComparer.Ordinal);

    /// <summary>The newest value of each metric, in the order of the definitions.</summary>
    public IReadOnlyList<FinalMetric> Latest =>
        [.. _definitions.Select(definition => _latest.GetValueOrDefault(definition.Name)).OfType<FinalMetric>()];

    public void Scan(string line)
    {
        var now = time.GetUtcNow();
        foreach (var (name, regex) in _definitions)
        {
            if (Value(regex, line) is { } value)
            {
                _latest[name] = new FinalMetric(name, value, now);
                var key = new MetricKey(Namespace, name, [new Dimension("TrainingJobName", job.Name)]);
                metrics.Put(key, Datapoint.Create(now, value));
            }
        }
    }

    private static double? Value(Regex regex, string line)
    {
        try
        {
            return regex.Match(line) is { Success: true } match
                && double.TryParse(match.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && double.IsFinite(value)
                ? value
                : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }
}
