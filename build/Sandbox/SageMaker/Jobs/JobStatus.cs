using System.Text.Json.Serialization;

namespace BuildPipeline.Sandbox.SageMaker.Jobs;

/// <summary>TrainingJobStatus; the names are AWS's.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobStatus>))]
internal enum JobStatus
{
    InProgress,
    Stopping,
    Completed,
    Failed,
    Stopped,
}

/// <summary>SecondaryStatus; the names are AWS's.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Phase>))]
internal enum Phase
{
    Starting,
    Downloading,
    Training,
    Interrupted,
    Uploading,
    Stopping,
    Stopped,
    MaxRuntimeExceeded,
    MaxWaitTimeExceeded,
    Completed,
    Failed,
}

/// <summary>One entry of SecondaryStatusTransitions.</summary>
internal sealed record Transition(Phase Status, DateTimeOffset StartTime, DateTimeOffset? EndTime, string StatusMessage)
{
    public TimeSpan Length(DateTimeOffset now) => (EndTime ?? now) - StartTime;
}

/// <summary>The last value of a metric.</summary>
internal sealed record FinalMetric(string Name, double Value, DateTimeOffset Time);

internal sealed record Tag(string Key, string Value);
