using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Approvals;
using BuildPipeline.Checkpoints;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Spot;
using BuildPipeline.Uploads;

namespace BuildPipeline.Training;

/// <summary>Makes the request of a training job out of what was approved.</summary>
public static class JobRequest
{
    private const string CheckpointFolder = "/opt/ml/checkpoints";
    private const string IntervalReason = "CHECKPOINT_INTERVAL_REASON";

    // Which secret is where; the node reads it (training/secret_environment.py).
    private const string SecretPrefix = "PIPELINE_SECRET_";
    private const int LongestVariable = 512;

    /// <summary>The tags by which a run knows its own job again; a record that was lost does not know the digest.</summary>
    public static IReadOnlyList<Tag> OwnTags(ITrainingRun run)
    {
        if (run.Adopted is not null)
        {
            return [new() { Key = "environment", Value = run.Job!.Environment }];
        }

        var runId = new Tag { Key = JobNames.RunIdTag, Value = run.RunId };
        var digest = run.Approval?.Digest ?? (run.Subject is { } subject ? ApprovalDigest.Compute(subject) : null);
        return digest is null ? [runId] : [runId, new() { Key = JobNames.DigestTag, Value = digest }];
    }

    /// <summary>The request.</summary>
    /// <param name="job">The job as applied.</param>
    /// <param name="run">The approved run.</param>
    /// <param name="attempt">The recorded intent.</param>
    /// <param name="channels">What it reads, and where that is.</param>
    /// <exception cref="PipelineException">The job is not enabled, not approved or not applied.</exception>
    public static CreateTrainingJobRequest Build(TrainingJobSpec job, ITrainingRun run, AttemptRecord attempt, IReadOnlyList<InputChannel> channels)
    {
        Require(job.Enabled, CostingErrors.LaunchDisabled, "enable_training_job is false, so nothing may be submitted. Set it to true.");
        Require(run.Approval is not null, ApprovalErrors.Missing, $"The run {run.RunId} has no approval, so nothing may be submitted.");
        Require(job.RoleArn is not null, TrainingErrors.NotApplied, "The output training_job has no role_arn. Apply the plan first.");
        return new()
        {
            TrainingJobName = attempt.JobName,
            RoleArn = job.RoleArn,
            AlgorithmSpecification = Algorithm(job),
            HyperParameters = HyperparametersOf(job, attempt.Checkpoints),
            Environment = EnvironmentOf(job, run, attempt.Checkpoints, channels),
            InputDataConfig = [.. channels.Select(Channel)],
            OutputDataConfig = new() { S3OutputPath = ArtifactPaths.Output(job, run.ArtifactFolder).ToString(), KmsKeyId = job.KmsKeyArn },
            CheckpointConfig = new() { S3Uri = ArtifactPaths.Checkpoints(job, run.ArtifactFolder).ToString(), LocalPath = CheckpointFolder },
            ResourceConfig = new()
            {
                InstanceType = new TrainingInstanceType(job.InstanceType),
                InstanceCount = job.InstanceCount,
                VolumeSizeInGB = job.VolumeSizeGb,
                VolumeKmsKeyId = job.VolumeKmsKeyArn,
            },
            StoppingCondition = Stopping(job, attempt),
            RetryStrategy = job.MaxRetryAttempts is { } retries ? new() { MaximumRetryAttempts = retries } : null,
            InfraCheckConfig = job.EnableInfraCheck == true ? new() { EnableInfraCheck = true } : null,
            EnableManagedSpotTraining = attempt.Market == Market.Spot,
            EnableNetworkIsolation = job.EnableNetworkIsolation,
            EnableInterContainerTrafficEncryption = job.EncryptInterContainerTraffic,
            VpcConfig = job.SubnetIds is { Count: > 0 } subnets
                ? new() { Subnets = [.. subnets], SecurityGroupIds = [.. job.SecurityGroupIds ?? []] }
                : null,
            Tags = TagsOf(job, run),
        };
    }

    private static void Require(bool holds, ErrorCode error, string otherwise)
    {
        if (!holds)
        {
            throw new PipelineException(error, otherwise);
        }
    }

    private static AlgorithmSpecification Algorithm(TrainingJobSpec job) => new()
    {
        TrainingImage = job.TrainingImageUri,
        TrainingInputMode = TrainingInputMode.File,
        ContainerEntrypoint = job.Entrypoint.Count == 0 ? null : [.. job.Entrypoint],
        MetricDefinitions = job.MetricDefinitions.Count == 0
            ? null
            : [.. job.MetricDefinitions.Select(metric => new MetricDefinition { Name = metric.Name, Regex = metric.Regex })],
    };

    private static StoppingCondition Stopping(TrainingJobSpec job, AttemptRecord attempt) => new()
    {
        MaxRuntimeInSeconds = attempt.MaxRuntimeSeconds,

        // The service refuses a waiting time without spot, and one below the running time.
        MaxWaitTimeInSeconds = attempt.Market == Market.Spot ? Math.Max(job.MaxWaitSeconds ?? 0, attempt.MaxRuntimeSeconds) : null,
    };

    /// <summary>The job's own, and how often it saves where it does not say so itself.</summary>
    private static Dictionary<string, string>? HyperparametersOf(TrainingJobSpec job, CheckpointChoice? checkpoints)
    {
        var hyperparameters = new Dictionary<string, string>(job.Hyperparameters);
        if (checkpoints is { IntervalSeconds: > 0 })
        {
            hyperparameters.TryAdd("checkpoint_interval_seconds", FormattableString.Invariant($"{checkpoints.IntervalSeconds:0.###}"));
        }

        if (checkpoints is { Auto: true })
        {
            hyperparameters.TryAdd("checkpoint_interval", "auto");
            hyperparameters.TryAdd("expected_time_between_interruptions_seconds", FormattableString.Invariant($"{checkpoints.TimeBetweenInterruptionsSeconds:0.###}"));
        }

        return hyperparameters.Count == 0 ? null : hyperparameters;
    }

    private static Dictionary<string, string> EnvironmentOf(TrainingJobSpec job, ITrainingRun run, CheckpointChoice? checkpoints, IReadOnlyList<InputChannel> channels)
    {
        var environment = new Dictionary<string, string>(job.EnvironmentVariables) { ["PIPELINE_RUN_ID"] = run.RunId };
        foreach (var (name, reference) in job.SecretEnvironment ?? new Dictionary<string, string>())
        {
            environment[SecretPrefix + name] = reference;
        }

        foreach (var channel in channels.Where(channel => channel.Sha256 is not null))
        {
            var variable = DigestVariable(channel.Name);
            environment[variable] = channel.Sha256!;
            if (channel.Marks is { } marks)
            {
                environment[variable.Replace("_SHA256", "_MARKS", StringComparison.Ordinal)] = marks;
            }
        }

        if (checkpoints is { Reason: var reason })
        {
            environment[IntervalReason] = reason.Length <= LongestVariable ? reason : reason[..LongestVariable];
        }

        return environment;
    }

    /// <summary>The environment variable that tells a node the digest of a channel, which it compares with what it has received.</summary>
    private static string DigestVariable(string channel) => channel == SourceBundle.CodeChannel ? "PIPELINE_CODE_SHA256" : $"PIPELINE_DATA_SHA256_{channel.ToUpperInvariant()}";

    private static List<Tag> TagsOf(TrainingJobSpec job, ITrainingRun run)
    {
        var tags = new Dictionary<string, string>(job.Tags)
        {
            ["team"] = job.Team,
            ["environment"] = job.Environment,
        };
        foreach (var tag in OwnTags(run))
        {
            tags[tag.Key] = tag.Value;
        }

        return [.. tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];
    }

    private static Channel Channel(InputChannel channel) => new()
    {
        ChannelName = channel.Name,
        InputMode = TrainingInputMode.File,
        DataSource = new()
        {
            S3DataSource = new()
            {
                S3DataType = S3DataType.S3Prefix,
                S3Uri = channel.Uri,
                S3DataDistributionType = S3DataDistribution.FullyReplicated,
            },
        },
    };
}
