using System.Globalization;
using System.Text.RegularExpressions;
using Amazon.SageMaker.Model;
using BuildPipeline.Jobs;

namespace BuildPipeline.Training;

/// <summary>What a run has of a job that Terraform alone submitted. Nothing of it was approved by this pipeline.</summary>
public sealed record AdoptedJob
{
    /// <summary>Folder of the job in the artifact bucket, below <see cref="TrainingJobSpec.ArtifactPrefix"/>.</summary>
    public required string ArtifactFolder { get; init; }

    /// <summary>The most that Terraform let the job cost, dollars: the output <c>ceiling_usd</c>; null is unknown.</summary>
    public Usd? Ceiling { get; init; }

    /// <summary>On-demand rate of all nodes, dollars an hour; null is unknown.</summary>
    public Usd? RatePerHour { get; init; }
}

/// <summary>A job of <c>infra/modules/training_job</c>, by its name, tags and description.</summary>
/// <param name="Job">The job; what SageMaker does not tell, such as <c>final_metric</c>, is not in it.</param>
/// <param name="Folder">Its folder in the artifact bucket: the hash of all that it runs.</param>
/// <param name="Number">Its attempt: jobs of lower numbers wrote to the same folder.</param>
public sealed partial record AdoptableJob(TrainingJobSpec Job, string Folder, int Number)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="PipelineException">It is no job of that module (exit code 2).</exception>
    public static AdoptableJob Read(DescribeTrainingJobResponse job, IReadOnlyDictionary<string, string> tags)
    {
        var place = PlacePattern().Match(job.CheckpointConfig?.S3Uri ?? "");
        var folder = place.Groups["folder"].Value;
        var name = NamePattern().Match(job.TrainingJobName);
        if (!place.Success || name.Groups["folder"].Value != folder || !tags.TryGetValue("team", out var team) || !tags.TryGetValue("environment", out var environment))
        {
            throw new PipelineException(
                TrainingErrors.NotAdoptable,
                $"The job {job.TrainingJobName} cannot be adopted: it is not a job that infra/ submitted, whose name ends in the name of its folder of checkpoints, with the tags team and environment.");
        }

        return new(
            new()
            {
                Name = name.Groups["base"].Value,
                Region = job.TrainingJobArn.Split(':')[3],
                Environment = environment,
                Team = team,
                TrainingImageUri = job.AlgorithmSpecification.TrainingImage,
                InstanceType = job.ResourceConfig.InstanceType.Value,
                InstanceCount = job.ResourceConfig.InstanceCount ?? 1,
                VolumeSizeGb = job.ResourceConfig.VolumeSizeInGB ?? 0,
                MaxRuntimeSeconds = job.StoppingCondition.MaxRuntimeInSeconds ?? 0,
                MaxWaitSeconds = job.StoppingCondition.MaxWaitTimeInSeconds,
                UseSpotInstances = job.EnableManagedSpotTraining == true,
                Hyperparameters = job.HyperParameters ?? new(),
                TrainingDataUri = job.InputDataConfig?.FirstOrDefault(channel => channel.ChannelName == "train")?.DataSource?.S3DataSource?.S3Uri ?? "",
                ArtifactBucket = place.Groups["bucket"].Value,
                ArtifactPrefix = place.Groups["prefix"].Value,
                KmsKeyArn = job.OutputDataConfig?.KmsKeyId,
                LogGroupName = "/aws/sagemaker/TrainingJobs",
                MetricDefinitions = [.. (job.AlgorithmSpecification.MetricDefinitions ?? []).Select(metric => new MetricDefinitionSpec(metric.Name, metric.Regex))],
                Tags = tags,
            },
            folder,
            name.Groups["number"] is { Success: true } number ? int.Parse(number.Value, CultureInfo.InvariantCulture) : 1);
    }

    /// <summary>Name of the job of that attempt.</summary>
    public string NameOf(int number) => $"{Job.Name}-{Folder}{(number == 1 ? "" : FormattableString.Invariant($"-a{number}"))}";

    [GeneratedRegex("^s3://(?<bucket>[^/]+)/(?<prefix>[^/]+)/(?<folder>[0-9a-f]{16})/checkpoints/?$")]
    private static partial Regex PlacePattern();

    [GeneratedRegex("^(?<base>.+)-(?<folder>[0-9a-f]{16})(-a(?<number>[0-9]{1,2}))?$")]
    private static partial Regex NamePattern();
}
