using System.Globalization;
using Amazon.CloudWatch.Model;
using BuildPipeline.Aws;
using BuildPipeline.Prices;

namespace BuildPipeline.Observability;

/// <summary>Reads how much of their GPUs and memory the nodes of a job use, from the metrics that SageMaker publishes once a minute.</summary>
public sealed class UtilizationReader(IAwsClients clients, PriceBook instances)
{
    private const string Namespace = "/aws/sagemaker/TrainingJobs";
    private const int Minute = 60;

    /// <summary>Of more nodes, the first are a sample. Each metric of each node is billed by the request.</summary>
    private const int MostNodes = 64;

    /// <summary>An older value says nothing of now.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    // SageMaker's GPU metrics go to 100 for each GPU of the node.
    private static readonly string[] Metrics = ["GPUUtilization", "GPUMemoryUtilization", "MemoryUtilization"];

    /// <summary>The nodes' newest values; nodes of which nothing is known are left out.</summary>
    /// <param name="jobName">The job.</param>
    /// <param name="instanceType">Its instance type.</param>
    /// <param name="nodes">Number of its nodes.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="Exception">What the SDK throws.</exception>
    public async Task<IReadOnlyList<NodeUtilization>> ReadAsync(string jobName, string instanceType, int nodes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var gpus = instances.GpusPerNode(instanceType) ?? 0;
        var names = gpus > 0 ? Metrics : Metrics[2..];
        var hosts = Enumerable.Range(1, Math.Min(nodes, MostNodes)).Select(number => string.Create(CultureInfo.InvariantCulture, $"algo-{number}")).ToList();
        var request = new GetMetricDataRequest
        {
            StartTime = (now - Recent).UtcDateTime,
            EndTime = now.UtcDateTime,
            ScanBy = Amazon.CloudWatch.ScanBy.TimestampDescending,
            MetricDataQueries = [.. hosts.SelectMany((host, node) => names.Select((name, index) => Query($"m{node}_{index}", name, $"{jobName}/{host}")))],
        };
        var values = new Dictionary<string, double>();
        do
        {
            var page = await clients.CloudWatch.GetMetricDataAsync(request, cancellationToken);
            foreach (var result in (page.MetricDataResults ?? []).Where(result => result.Values is { Count: > 0 }))
            {
                values.TryAdd(result.Id, result.Values[0]);
            }

            request.NextToken = page.NextToken;
        }
        while (request.NextToken is not null);

        double? Value(int node, string name, int parts) => values.TryGetValue($"m{node}_{Array.IndexOf(names, name)}", out var value) ? value / parts : null;
        return
        [
            .. hosts.Select((host, node) => new NodeUtilization(host, Value(node, Metrics[0], gpus), Value(node, Metrics[1], gpus), Value(node, Metrics[2], 1)))
                .Where(node => (node.Gpu ?? node.GpuMemory ?? node.Memory) is not null),
        ];
    }

    private static MetricDataQuery Query(string id, string metric, string host) => new()
    {
        Id = id,
        MetricStat = new MetricStat
        {
            Metric = new Metric { Namespace = Namespace, MetricName = metric, Dimensions = [new Dimension { Name = "Host", Value = host }] },
            Period = Minute,
            Stat = "Average",
        },
    };
}
