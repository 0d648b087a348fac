using BuildPipeline.Sandbox.CloudWatch;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker.Images;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;

namespace BuildPipeline.Sandbox.SageMaker.Execution;

/// <summary>What a job runs on.</summary>
internal sealed record JobPlatform(
    TrainingJobStore Jobs,
    IObjectStore Objects,
    LogStore Logs,
    MetricStore Metrics,
    INodeRunner Runner,
    TrainingImages Images,
    FaultPlan Faults,
    JobSettings Settings,
    SandboxSettings Sandbox,
    SandboxAddress Address,
    TimeProvider Time)
{
    /// <summary>The folder of a job's nodes.</summary>
    public string JobFolder(string job) => Path.Combine(Sandbox.FolderOf("jobs"), job);

    /// <summary>Where nodes have their folders for temporary files.</summary>
    public string TemporaryFolder => Sandbox.FolderOf("tmp");

    /// <summary>Removes what the nodes of a sandbox that was killed left in <see cref="TemporaryFolder"/>, as far as nothing holds it.</summary>
    public void ClearTemporaryFolder()
    {
        try
        {
            Directory.Delete(TemporaryFolder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A program of the killed sandbox still writes, or left a folder that cannot be written.
        }
    }

    /// <summary>Removes what the nodes of an ended job left on disk, as far as nothing holds it.</summary>
    public void ClearJobFolder(string job)
    {
        try
        {
            Directory.Delete(JobFolder(job), recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not there, or a program of a killed sandbox still writes, or left a folder that cannot be written: a folder without a job does no harm.
        }
    }
}
