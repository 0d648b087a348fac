using BuildPipeline.Sandbox.CloudWatch;
using BuildPipeline.Sandbox.CloudWatch.Alarms;
using BuildPipeline.Sandbox.CloudWatch.Dashboards;
using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Events;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Sns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Sandbox.Tests.CloudWatch;

/// <summary>CloudWatch on a clock of its own, with topics that only remember.</summary>
internal sealed class CloudWatchHarness : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-cloudwatch-").FullName;

    public CloudWatchHarness()
    {
        var settings = new SandboxSettings(_folder);
        var (metrics, alarms) = (MetricStore.OfRegions(settings), AlarmStore.OfRegions(settings));
        var states = new AlarmStates(alarms, Topics, new EventBus(EventStore.OfRegions(settings), Topics.Delivery(), settings), settings, Time);
        Monitor = new AlarmMonitor(alarms, metrics, states, Time, NullLogger<AlarmMonitor>.Instance);
        Monitor.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        Service = new CloudWatchService(
            new MetricOperations(metrics, Time), new AlarmOperations(alarms, states, Monitor, settings, Time), new AlarmQueries(alarms), new AlarmTags(alarms),
            new DashboardOperations(settings, Time));
    }

    public AlarmMonitor Monitor { get; }

    public FakeTimeProvider Time { get; } = new(Start);

    public CloudWatchService Service { get; }

    public RememberingTopics Topics { get; } = new();

    public void Dispose()
    {
        Monitor.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Topics that take every message but those for <c>closed</c>, and keep it.</summary>
internal sealed class RememberingTopics : ITopics
{
    public List<(string Topic, TopicMessage Message, ServicePublisher Publisher)> Published { get; } = [];

    /// <summary>Delivers to these topics, and to no project.</summary>
    public TargetDelivery Delivery() => new(this, projects: null!, roles: null!);

    public string Publish(string topicArn, TopicMessage message, ServicePublisher publisher)
    {
        if (topicArn.EndsWith(":closed", StringComparison.Ordinal))
        {
            throw new AwsError(403, "AuthorizationError", "not allowed");
        }

        Published.Add((topicArn, message, publisher));
        return "id";
    }
}
