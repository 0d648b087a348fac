namespace BuildPipeline.Jobs;

/// <summary>What the pipeline does for the alarms of an environment: the part <c>alarms</c> of the output <c>training_job</c>.</summary>
public sealed record AlarmSpec
{
    /// <summary>SNS topic that alarms are sent to.</summary>
    public required string TopicArn { get; init; }

    /// <summary>Minutes without a sign of the pipeline until the run's own alarm goes off; 0 sets none.</summary>
    public required int HeartbeatMinutes { get; init; }

    /// <summary>As <see cref="HeartbeatMinutes"/>, hours, for a run that somebody has left on purpose.</summary>
    public required int DetachedHours { get; init; }

    /// <summary>True if a run gets an alarm of its own.</summary>
    public bool HasHeartbeat => HeartbeatMinutes > 0 || DetachedHours > 0;
}
