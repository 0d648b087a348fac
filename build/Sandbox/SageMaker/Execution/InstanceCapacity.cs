using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Spot;

namespace BuildPipeline.Sandbox.SageMaker.Execution;

/// <summary>When the instances of a job are there, by the spot trace that it was submitted under and the planned faults.</summary>
internal sealed class InstanceCapacity(JobPlatform platform, TrainingJob job)
{
    private readonly int _instances = job.Request.ResourceConfig.InstanceCount;
    private readonly SpotTrace? _trace = job.Request.EnableManagedSpotTraining ? job.Spot.ReadTrace() : null;

    private TimeSpan TraceTime => platform.Time.GetUtcNow() - (job.Spot.TraceStart ?? job.CreationTime);

    /// <summary>How long to wait before the next try; null if the instances are there.</summary>
    public TimeSpan? Wait() => platform.Meets(FaultKind.Capacity, job) ? platform.Settings.CapacityRetry
        : _trace is null || _trace.Has(_instances, TraceTime) ? null
        : _trace.Until(available: true, _instances, TraceTime) ?? Timeout.InfiniteTimeSpan;

    /// <summary>How long the instances stay; null if nothing takes them away.</summary>
    public TimeSpan? Left() => _trace?.Until(available: false, _instances, TraceTime);
}
