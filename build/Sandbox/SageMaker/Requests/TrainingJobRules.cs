using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker.Images;

namespace BuildPipeline.Sandbox.SageMaker.Requests;

/// <summary>The rules of CreateTrainingJob that concern several members, or the account that the job runs in.</summary>
internal sealed class TrainingJobRules(IObjectStore objects, TrainingImages images, AccountResources account)
{
    private const int LongestRuntimeInSeconds = 28 * 86_400;
    private const string ContainerRoot = "/opt/ml/";

    /// <summary>A request that the service's model let pass, as the sandbox acts on it.</summary>
    /// <param name="region">The region that it is submitted to.</param>
    /// <exception cref="Protocols.AwsError">ValidationException: AWS would refuse the request, or the sandbox cannot run it.</exception>
    public TrainingJobRequest Check(JsonObject input, string region)
    {
        Require(
            input["AlgorithmSpecification"] is not null && input["ResourceConfig"] is not null,
            "AlgorithmSpecification and ResourceConfig are needed: the sandbox runs container jobs only.");

        var resources = input["ResourceConfig"]!;
        Require(
            resources["InstanceType"] is not null && resources["InstanceCount"] is not null,
            "ResourceConfig needs InstanceType and InstanceCount: the sandbox runs one group of equal instances.");
        Require(
            input["AlgorithmSpecification"]!["TrainingImage"] is not null,
            "AlgorithmSpecification needs TrainingImage: the sandbox knows no algorithms by name.");

        var request = input.Deserialize<TrainingJobRequest>()!;
        CheckResources(request);
        CheckTimes(request);
        CheckAlgorithm(request.AlgorithmSpecification);
        CheckData(request);
        CheckAccount(request, region);
        return request;
    }

    private static void CheckResources(TrainingJobRequest request)
    {
        var resources = request.ResourceConfig;
        Require(resources.InstanceCount >= 1, "InstanceCount must be at least 1.");
        Require(resources.VolumeSizeInGB is null or >= 1, "VolumeSizeInGB must be at least 1.");
        Require(
            resources.VolumeKmsKeyId is null || !InstanceTypes.HasLocalStorage(resources.InstanceType),
            $"VolumeKmsKeyId is not supported for {resources.InstanceType}: its volume is local NVMe storage, encrypted by the hardware.");
    }

    private static void CheckTimes(TrainingJobRequest request)
    {
        Require(
            request.MaxRuntime.TotalSeconds <= LongestRuntimeInSeconds,
            $"MaxRuntimeInSeconds must be at most {LongestRuntimeInSeconds} (28 days).");
        Require(
            !request.EnableManagedSpotTraining || request.MaxWait >= request.MaxRuntime,
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds");
        Require(
            request.EnableManagedSpotTraining || request.MaxWait is null,
            "MaxWaitTimeInSeconds can only be given when EnableManagedSpotTraining is true.");
    }

    private void CheckAlgorithm(AlgorithmSpecification algorithm)
    {
        var problem = images.ProblemOf(algorithm.TrainingImage);
        Require(problem is null, problem!);
        Require(
            images.Find(algorithm.TrainingImage)!.TakesEntrypoint || (algorithm.ContainerEntrypoint is null && algorithm.ContainerArguments is null),
            $"The image '{algorithm.TrainingImage}' brings its own program: leave out ContainerEntrypoint and ContainerArguments.");
        foreach (var metric in algorithm.MetricDefinitions ?? [])
        {
            Require(
                IsRegex(metric.Regex),
                $"The regular expression '{metric.Regex}' of metric '{metric.Name}' is invalid, or has no group for the value.");
        }
    }

    private void CheckData(TrainingJobRequest request)
    {
        RequireBucket(request.OutputDataConfig.S3OutputPath, "OutputDataConfig.S3OutputPath");
        if (request.CheckpointConfig is { } checkpoints)
        {
            RequireBucket(checkpoints.S3Uri, "CheckpointConfig.S3Uri");
            var local = checkpoints.LocalPath ?? ContainerRoot;
            Require(
                local.StartsWith(ContainerRoot, StringComparison.Ordinal) && !local.Contains("..", StringComparison.Ordinal),
                $"The sandbox keeps checkpoints below {ContainerRoot}: CheckpointConfig.LocalPath is '{checkpoints.LocalPath}'.");
        }

        var channels = request.InputDataConfig ?? [];
        Require(
            channels.DistinctBy(channel => channel.ChannelName).Count() == channels.Count,
            "Channel names must be unique within a training job.");
        foreach (var channel in channels)
        {
            var name = $"channel '{channel.ChannelName}'";
            Require(channel.DataSource.S3DataSource is not null, $"The DataSource of {name} needs S3DataSource: the sandbox reads S3 only.");
            RequireBucket(channel.DataSource.S3DataSource.S3Uri, name);
        }
    }

    private void CheckAccount(TrainingJobRequest request, string region)
    {
        Require(
            account.HasRole(request.RoleArn),
            $"Could not assume role {request.RoleArn}. "
            + "Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role. "
            + $"Create it with Terraform, or use the role that the sandbox always has: {account.TrainingRoleIn(region)}.");
        RequireKey(request.OutputDataConfig.KmsKeyId, "OutputDataConfig.KmsKeyId", region);
        RequireKey(request.ResourceConfig.VolumeKmsKeyId, "ResourceConfig.VolumeKmsKeyId", region);
        if (request.VpcConfig is { } network)
        {
            string[] ids = [.. network.Subnets, .. network.SecurityGroupIds];
            string?[] vpcs = [.. ids.Select(id => account.VpcOf(id, region))];
            var missing = ids.Zip(vpcs).FirstOrDefault(pair => pair.Second is null).First;
            Require(missing is null, $"'{missing}' of VpcConfig does not exist in {region}: create it with Terraform.");
            Require(vpcs.Distinct().Count() == 1, "The subnets and security groups of VpcConfig must be in one VPC.");
        }
    }

    private void RequireKey(string? key, string place, string region)
    {
        var problem = string.IsNullOrEmpty(key) ? null : account.ProblemOfKey(key, region);
        Require(problem is null, $"The key '{key}' of {place} cannot be used in {region}: {problem}. Create one with Terraform.");
    }

    private void RequireBucket(string uri, string place)
    {
        var bucket = S3Location.Parse(uri).Bucket;
        Require(
            objects.BucketExists(bucket),
            $"The bucket '{bucket}' of {place} does not exist. Please ensure that it exists in the selected region.");
    }

    private static bool IsRegex(string pattern)
    {
        try
        {
            return new Regex(pattern).GetGroupNumbers().Length > 1;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Require([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition)
        {
            throw SageMakerErrors.Invalid(message);
        }
    }
}
