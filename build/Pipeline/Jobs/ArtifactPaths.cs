using BuildPipeline.Aws;

namespace BuildPipeline.Jobs;

/// <summary>Where things are in the artifact bucket.</summary>
public static class ArtifactPaths
{
    /// <summary>Folder of the run's checkpoints.</summary>
    public static S3Uri Checkpoints(TrainingJobSpec job, string runId) => new(job.ArtifactBucket, $"{job.ArtifactPrefix}/{runId}/checkpoints/");

    /// <summary>Folder under which the service puts each job's model archive.</summary>
    public static S3Uri Output(TrainingJobSpec job, string runId) => new(job.ArtifactBucket, $"{job.ArtifactPrefix}/{runId}/output");

    /// <summary>A file or folder of the run's record.</summary>
    public static S3Uri Record(TrainingJobSpec job, string runId, string name) => new(job.ArtifactBucket, $"{job.ArtifactPrefix}/{runId}/record/{name}");

    /// <summary>Folder of a training program.</summary>
    public static S3Uri Bundle(TrainingJobSpec job, string sha256) => new(job.ArtifactBucket, $"bundles/{sha256}/");

    /// <summary>Folder of data that the pipeline uploads.</summary>
    public static S3Uri Data(TrainingJobSpec job, string sha256) => new(job.ArtifactBucket, $"data/{sha256}/");
}
