using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.SageMaker.Images;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;

namespace BuildPipeline.Sandbox.SageMaker.Execution;

/// <summary>What the nodes run on: this machine, and its folders for them.</summary>
internal sealed record NodeHost(INodeRunner Runner, TrainingImages Images, SandboxAddress Address, SandboxSettings Sandbox)
{
    /// <summary>The folder of a job's nodes.</summary>
    public string JobFolder(TrainingJob job) => Path.Combine(Sandbox.FolderOf("jobs"), job.Region, job.Name);

    /// <summary>Where nodes have their folders for temporary files.</summary>
    public string TemporaryFolder => Sandbox.FolderOf("tmp");

    /// <summary>Removes what the nodes of a sandbox that was killed left in <see cref="TemporaryFolder"/>, as far as nothing holds it.</summary>
    public void ClearTemporaryFolder() => DeleteIfPossible(TemporaryFolder);

    /// <summary>Removes what the nodes of an ended job left on disk, as far as nothing holds it.</summary>
    public void ClearJobFolder(TrainingJob job) => DeleteIfPossible(JobFolder(job));

    private static void DeleteIfPossible(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It does not exist, or a program of a killed sandbox still writes, or left a folder that cannot be written: that does no harm.
        }
    }
}
