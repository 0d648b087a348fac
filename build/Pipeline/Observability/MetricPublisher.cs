using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Observability;

/// <summary>Publishes the metrics of a run to CloudWatch, all of them in one request.</summary>
public sealed class MetricPublisher(IAwsClients clients)
{
    /// <summary>Publishes each value twice: of the run, and of its environment, whose alarms and dashboard need not know the runs.</summary>
    /// <exception cref="Exception">What the SDK throws.</exception>
    public Task PublishAsync(ObservedRun run, IReadOnlyList<RunMetric> metrics, DateTimeOffset now, CancellationToken cancellationToken) =>
        clients.CloudWatch.PutMetricDataAsync(
            new PutMetricDataRequest
            {
                Namespace = RunMetric.Namespace,
                MetricData =
                [
                    .. from dimensions in new[] { DimensionsOfEnvironment(run), DimensionsOf(run) }
                       from metric in metrics
                       select new MetricDatum { MetricName = metric.Name, Value = metric.Value, Unit = StandardUnit.FindValue(metric.Unit), Timestamp = now.UtcDateTime, Dimensions = dimensions },
                ],
            },
            cancellationToken);

    /// <summary>The dimensions of a run's own values.</summary>
    internal static List<Dimension> DimensionsOf(ObservedRun run) => [.. DimensionsOfEnvironment(run), new Dimension { Name = "Run", Value = run.RunId }];

    private static List<Dimension> DimensionsOfEnvironment(ObservedRun run) =>
        [new Dimension { Name = "Environment", Value = run.Environment }, new Dimension { Name = "Team", Value = run.Team }];
}
