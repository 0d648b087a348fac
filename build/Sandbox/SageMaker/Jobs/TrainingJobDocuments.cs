using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>Jobs as DescribeTrainingJob and ListTrainingJobs write them.</summary>
internal static class TrainingJobDocuments
{
    private static readonly string[] Echoed =
    [
        "HyperParameters", "AlgorithmSpecification", "RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "VpcConfig",
        "CheckpointConfig", "ProfilerConfig", "Environment", "RetryStrategy", "InfraCheckConfig",
    ];

    private static readonly string[] Flags =
        ["EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining"];

    public static JsonObject Describe(TrainingJob job, DateTimeOffset now)
    {
        var document = new JsonObject
        {
            ["TrainingJobName"] = job.Name,
            ["TrainingJobArn"] = job.Arn,
            ["TrainingJobStatus"] = job.Status.ToString(),
            ["SecondaryStatus"] = job.Phase.ToString(),
            ["CreationTime"] = job.CreationTime.ToEpochSeconds(),
            ["LastModifiedTime"] = job.LastModifiedTime.ToEpochSeconds(),
            ["SecondaryStatusTransitions"] = new JsonArray([.. job.Transitions.Select(Describe)]),
            ["StoppingCondition"] = StoppingCondition(job),
        };
        foreach (var member in Echoed.Where(member => job.Submitted[member] is not null))
        {
            document[member] = job.Submitted[member]!.DeepClone();
        }

        foreach (var flag in Flags)
        {
            document[flag] = job.Submitted[flag]?.DeepClone() ?? false;
        }

        AddOutcome(document, job, now);
        return document;
    }

    public static JsonObject Summarize(TrainingJob job)
    {
        var summary = new JsonObject
        {
            ["TrainingJobName"] = job.Name,
            ["TrainingJobArn"] = job.Arn,
            ["CreationTime"] = job.CreationTime.ToEpochSeconds(),
            ["LastModifiedTime"] = job.LastModifiedTime.ToEpochSeconds(),
            ["TrainingJobStatus"] = job.Status.ToString(),
            ["SecondaryStatus"] = job.Phase.ToString(),
        };
        SetTime(summary, "TrainingEndTime", job.TrainingEndTime);
        return summary;
    }

    private static void AddOutcome(JsonObject document, TrainingJob job, DateTimeOffset now)
    {
        SetTime(document, "TrainingStartTime", job.TrainingStartTime);
        SetTime(document, "TrainingEndTime", job.TrainingEndTime);
        if (job.FailureReason is { } reason)
        {
            document["FailureReason"] = reason;
        }

        if (job.ModelArtifacts is { } artifacts)
        {
            document["ModelArtifacts"] = new JsonObject { ["S3ModelArtifacts"] = artifacts };
        }

        if (job.FinalMetrics is { Count: > 0 } metrics)
        {
            document["FinalMetricDataList"] = new JsonArray([.. metrics.Select(Describe)]);
        }

        if (job.IsOver && job.TrainingTimeInSeconds(now) is { } worked)
        {
            document["TrainingTimeInSeconds"] = worked;
            document["BillableTimeInSeconds"] = job.BillableTimeInSeconds(now);
        }
    }

    private static JsonObject StoppingCondition(TrainingJob job)
    {
        var condition = job.Submitted["StoppingCondition"]?.DeepClone().AsObject() ?? [];
        condition["MaxRuntimeInSeconds"] ??= (int)job.Request.MaxRuntime.TotalSeconds;
        return condition;
    }

    private static JsonObject Describe(Transition transition)
    {
        var described = new JsonObject
        {
            ["Status"] = transition.Status.ToString(),
            ["StartTime"] = transition.StartTime.ToEpochSeconds(),
            ["StatusMessage"] = transition.StatusMessage,
        };
        SetTime(described, "EndTime", transition.EndTime);
        return described;
    }

    // AWS keeps final metrics in 32 bits.
    private static JsonObject Describe(FinalMetric metric) => new()
    {
        ["MetricName"] = metric.Name,
        ["Value"] = (float)metric.Value,
        ["Timestamp"] = metric.Time.ToEpochSeconds(),
    };

    private static void SetTime(JsonObject document, string member, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            document[member] = known.ToEpochSeconds();
        }
    }
}
