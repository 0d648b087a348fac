using Amazon.SageMaker.Model;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class AdoptableJobTests
{
    private const string Folder = "0123456789abcdef";
    private static readonly Dictionary<string, string> Tags = new() { ["team"] = "research", ["environment"] = "dev" };

    [Theory]
    [InlineData($"finetune-dev-{Folder}", 1)]
    [InlineData($"finetune-dev-{Folder}-a3", 3)]
    public void Given_AJobOfTheModule_When_Read_Then_ItIsWhatSageMakerSaysOfIt(string name, int number)
    {
        var found = AdoptableJob.Read(Described(name), Tags);

        Assert.Equal((Folder, number, name), (found.Folder, found.Number, found.NameOf(number)));
        Assert.Equal(($"finetune-dev-{Folder}", $"finetune-dev-{Folder}-a2"), (found.NameOf(1), found.NameOf(2)));
        Assert.Equal(
            ("finetune-dev", "eu-west-1", "dev", "research", "ml.g5.xlarge", 2, "artifacts", "runs", "key", true),
            (found.Job.Name, found.Job.Region, found.Job.Environment, found.Job.Team, found.Job.InstanceType, found.Job.InstanceCount, found.Job.ArtifactBucket, found.Job.ArtifactPrefix,
                found.Job.KmsKeyArn, found.Job.UseSpotInstances));
        Assert.False(found.Job.Enabled);
    }

    [Theory]
    [InlineData($"finetune-dev-{Folder}", "s3://artifacts/runs/fedcba9876543210/checkpoints/")]
    [InlineData($"finetune-dev-{Folder}", null)]
    [InlineData("finetune-dev-20260131-120000-1a2b", "s3://artifacts/runs/20260131-120000-1a2b/checkpoints/")]
    [InlineData("by-hand", $"s3://artifacts/runs/{Folder}/checkpoints/")]
    public void Given_AJobOfSomebodyElse_When_Read_Then_ItIsRefused(string name, string? checkpoints)
    {
        var job = Described(name);
        job.CheckpointConfig = checkpoints is null ? null : new() { S3Uri = checkpoints };

        Assert.Equal(TrainingErrors.NotAdoptable, Assert.Throws<PipelineException>(() => AdoptableJob.Read(job, Tags)).Code);
    }

    [Theory]
    [InlineData("team")]
    [InlineData("environment")]
    public void Given_AJobWithoutATagOfTheModule_When_Read_Then_ItIsRefused(string missing) => Assert.Equal(
        TrainingErrors.NotAdoptable,
        Assert.Throws<PipelineException>(() => AdoptableJob.Read(Described($"finetune-dev-{Folder}"), Tags.Where(tag => tag.Key != missing).ToDictionary())).Code);

    private static DescribeTrainingJobResponse Described(string name)
    {
        var job = TestRuns.Described("Completed", "Completed");
        job.TrainingJobName = name;
        job.TrainingJobArn = $"arn:aws:sagemaker:eu-west-1:000000000000:training-job/{name}";
        Complete(job, Folder);
        return job;
    }

    /// <summary>What SageMaker tells of a job of the module.</summary>
    internal static void Complete(DescribeTrainingJobResponse job, string folder)
    {
        job.AlgorithmSpecification = new() { TrainingImage = "image:1" };
        job.ResourceConfig = new() { InstanceType = "ml.g5.xlarge", InstanceCount = 2, VolumeSizeInGB = 30 };
        job.StoppingCondition = new() { MaxRuntimeInSeconds = 1800, MaxWaitTimeInSeconds = 3600 };
        job.OutputDataConfig = new() { KmsKeyId = "key", S3OutputPath = $"s3://artifacts/runs/{folder}/output" };
        job.CheckpointConfig = new() { S3Uri = $"s3://artifacts/runs/{folder}/checkpoints/" };
        job.EnableManagedSpotTraining = true;
    }
}
