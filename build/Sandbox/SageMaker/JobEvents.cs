using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using BuildPipeline.Sandbox.Events;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker;

/// <summary>Tells EventBridge of each change of a job's status or secondary status.</summary>
internal sealed class JobEvents(TrainingJobStore jobs, EventBus bus, TimeProvider time) : BackgroundService
{
    private static readonly string[] Moments = ["CreationTime", "LastModifiedTime", "TrainingStartTime", "TrainingEndTime", "StartTime", "EndTime", "Timestamp"];

    private ChannelReader<TrainingJob>? _changes;

    /// <summary>What EventBridge is told: the job as DescribeTrainingJob has it, times in milliseconds, and its tags.</summary>
    public static BusEvent Create(TrainingJob job, DateTimeOffset now)
    {
        var detail = TrainingJobDocuments.Describe(job, now);
        InMilliseconds(detail);
        detail["Tags"] = new JsonObject(job.Tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value)));
        return new BusEvent("aws.sagemaker", "SageMaker Training Job State Change", [job.Arn], detail, job.LastModifiedTime);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _changes = jobs.Watch();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var job in _changes!.ReadAllAsync(stoppingToken))
        {
            bus.Put(job.Region, Create(job, time.GetUtcNow()));
        }
    }

    private static void InMilliseconds(JsonNode? node)
    {
        foreach (var item in node as JsonArray ?? [])
        {
            InMilliseconds(item);
        }

        foreach (var (name, value) in (node as JsonObject ?? []).ToList())
        {
            if (Moments.Contains(name) && value?.GetValueKind() == JsonValueKind.Number)
            {
                node![name] = (long)Math.Round(value.GetValue<double>() * 1000);
            }
            else
            {
                InMilliseconds(value);
            }
        }
    }
}
