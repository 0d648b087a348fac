using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Observability;

/// <summary>Sets and deletes the alarms of runs in CloudWatch. Setting one again replaces it, and deleting one that does not exist is fine.</summary>
public sealed class RunAlarms(IAwsClients clients)
{
    /// <summary>CloudWatch deletes so many at a time.</summary>
    private const int MostAtATime = 100;

    /// <summary>Sets the alarm of a run.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="run">The run.</param>
    /// <param name="topicArn">Where it is sent to.</param>
    /// <exception cref="Exception">What the SDK throws.</exception>
    public Task SetAsync(HeartbeatAlarm alarm, ObservedRun run, string topicArn, CancellationToken cancellationToken) => clients.CloudWatch.PutMetricAlarmAsync(
        new PutMetricAlarmRequest
        {
            AlarmName = alarm.Name,
            AlarmDescription = alarm.Description,
            AlarmActions = [topicArn],
            Namespace = RunMetric.Namespace,
            MetricName = RunMetric.Heartbeat,
            Dimensions = MetricPublisher.DimensionsOf(run),
            Statistic = Statistic.SampleCount,
            ComparisonOperator = ComparisonOperator.LessThanThreshold,
            Threshold = 1,
            Period = alarm.Period,
            EvaluationPeriods = alarm.Periods,
            DatapointsToAlarm = alarm.Periods,
            TreatMissingData = "breaching",
        },
        cancellationToken);

    /// <summary>Deletes alarms.</summary>
    /// <exception cref="Exception">What the SDK throws.</exception>
    public async Task DeleteAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        foreach (var some in names.Chunk(MostAtATime))
        {
            try
            {
                await clients.CloudWatch.DeleteAlarmsAsync(new DeleteAlarmsRequest { AlarmNames = [.. some] }, cancellationToken);
            }
            catch (AmazonCloudWatchException exception) when (AwsErrors.Classify(exception) == AwsErrorKind.NotFound)
            {
                // Somebody else was faster.
            }
        }
    }

    /// <summary>The alarms of an environment's runs.</summary>
    /// <param name="environment">Base of the jobs' names.</param>
    /// <exception cref="Exception">What the SDK throws.</exception>
    public async Task<IReadOnlyList<string>> FindAsync(string environment, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        var request = new DescribeAlarmsRequest { AlarmNamePrefix = $"{environment}-", AlarmTypes = ["MetricAlarm"] };
        do
        {
            var page = await clients.CloudWatch.DescribeAlarmsAsync(request, cancellationToken);
            found.AddRange((page.MetricAlarms ?? []).Select(alarm => alarm.AlarmName).Where(name => HeartbeatAlarm.IsOf(environment, name)));
            request.NextToken = page.NextToken;
        }
        while (request.NextToken is not null);

        return found;
    }
}
