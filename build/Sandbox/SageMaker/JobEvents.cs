using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Events;
using BuildPipeline.Sandbox.SageMaker.Jobs;

namespace BuildPipeline.Sandbox.SageMaker;

/// <summary>Tells EventBridge of each change of a job's status or secondary status.</summary>
internal sealed class JobEvents(TrainingJobStore jobs, EventBus bus, TimeProvider time) : TrainingJobWatcher(jobs)
{
    private static readonly string[] Moments = ["CreationTime", "LastModifiedTime", "TrainingStartTime", "TrainingEndTime", "StartTime", "EndTime", "Timestamp"];

    /// <summary>What EventBridge is told: the job as DescribeTrainingJob has it, times in milliseconds, and its tags.</summary>
    public static BusEvent Create(TrainingJob job, DateTimeOffset now)
    {
        var detail = TrainingJobDocuments.Describe(job, now);
        InMilliseconds(detail);
        detail["Tags"] = new JsonObject(job.Tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value)));
        return new BusEvent("aws.sagemaker", "SageMaker Training Job State Change", [job.Arn], detail, job.LastModifiedTime);
    }

    protected override void Saw(TrainingJob job) => bus.Put(job.Region, Create(job, time.GetUtcNow()));

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
