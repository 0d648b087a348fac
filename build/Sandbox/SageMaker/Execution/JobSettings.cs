namespace BuildPipeline.Sandbox.SageMaker.Execution;

/// <summary>How long things take that are not work; on AWS some of them take minutes.</summary>
internal sealed record JobSettings
{
    /// <summary>From submission, or from a restart, until instances are there.</summary>
    public TimeSpan Starting { get; init; } = TimeSpan.FromSeconds(0.4);

    /// <summary>From losing instances until new ones are asked for.</summary>
    public TimeSpan Interrupted { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// The health check of new instances, where a job asks for one. It is a part of the status Starting: not billed, because
    /// DescribeTrainingJob bills from TrainingStartTime on. AWS does not publish how long it takes.
    /// </summary>
    public TimeSpan InfraCheck { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two tries to get capacity.</summary>
    public TimeSpan CapacityRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From SIGTERM to SIGKILL.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>From the first node's failure to the end of the others, so the one that failed first can say why.</summary>
    public TimeSpan FailureGrace { get; init; } = TimeSpan.FromSeconds(0.3);

    /// <summary>Between two polls of the checkpoint folders.</summary>
    public TimeSpan CheckpointSync { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Between two samples of the nodes' processes.</summary>
    public TimeSpan Sampling { get; init; } = TimeSpan.FromSeconds(1);
}
