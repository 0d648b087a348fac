using BuildPipeline.Aws;

namespace BuildPipeline.Jobs;

/// <summary>Where things are in the artifact bucket; <c>folder</c> is that of a run, which has its ID or, of a job that Terraform submitted, its hash.</summary>
public static class ArtifactPaths
{
    /// <summary>Folder of the run's checkpoints.</summary>
    public static S3Uri Checkpoints(TrainingJobSpec job, string folder) => new(job.ArtifactBucket, $"{job.ArtifactPrefix}/{folder}/checkpoints/");

    /// <summary>Folder under which the service puts each job's model archive.</summary>
    public static S3Uri Output(TrainingJobSpec job, string folder) => new(job.ArtifactBucket, $"{job.ArtifactPrefix}/{folder}/output");

    /// <summary>A file or folder of the run's record.</summary>
    public static S3Uri Record(TrainingJobSpec job, string folder, string name) => new(job.ArtifactBucket, $"{job.ArtifactPrefix}/{folder}/record/{name}");

    /// <summary>Folder of a training program.</summary>
    public static S3Uri Bundle(TrainingJobSpec job, string sha256) => new(job.ArtifactBucket, $"bundles/{sha256}/");

    /// <summary>Folder of data that the pipeline uploads.</summary>
    public static S3Uri Data(TrainingJobSpec job, string sha256) => new(job.ArtifactBucket, $"data/{sha256}/");
}
