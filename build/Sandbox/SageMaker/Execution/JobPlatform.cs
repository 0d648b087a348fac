using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;

namespace BuildPipeline.Sandbox.SageMaker.Execution;

/// <summary>What a job runs on.</summary>
internal sealed record JobPlatform(JobStores Stores, JobRoles Roles, NodeHost Host, FaultPlan Faults, JobSettings Settings, TimeProvider Time)
{
    /// <summary>True if a fault of that kind is planned for a job; it is used up.</summary>
    public bool Meets(FaultKind fault, TrainingJob job) =>
        Faults.Take("sagemaker", "CreateTrainingJob", fault, job.Request.ResourceConfig.InstanceType);
}

/// <summary>What a job reads and writes.</summary>
internal sealed record JobStores(TrainingJobStore Jobs, IObjectStore Objects, PerRegion<LogStore> Logs, PerRegion<MetricStore> Metrics);
