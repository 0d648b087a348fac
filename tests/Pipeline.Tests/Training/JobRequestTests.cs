using BuildPipeline.Approvals;
using BuildPipeline.Checkpoints;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;
using BuildPipeline.Uploads;
using static BuildPipeline.Pipeline.Tests.Training.TestRuns;

namespace BuildPipeline.Pipeline.Tests.Training;

public sealed class JobRequestTests
{
    private static readonly InputChannel[] Inputs = [new("train", $"s3://{Bucket}/data/d/"), new("model", "s3://models/m/"), new("code", $"s3://{Bucket}/bundles/b/")];

    [Fact]
    public void GivenAnApprovedSpotRun_WhenBuilt_ThenTheRequestSaysAllThatWasApproved()
    {
        var request = JobRequest.Build(Job, Run, Intent, Inputs);
        Assert.Equal((JobName, Job.RoleArn, "sandbox/builtin"), (request.TrainingJobName, request.RoleArn, request.AlgorithmSpecification.TrainingImage));
        Assert.Equal(Inputs, request.InputDataConfig.Select(channel => new InputChannel(channel.ChannelName, channel.DataSource.S3DataSource.S3Uri)));
        Assert.Equal(($"s3://{Bucket}/runs/{RunId}/output", KeyArn), (request.OutputDataConfig.S3OutputPath, request.OutputDataConfig.KmsKeyId));
        Assert.Equal(($"s3://{Bucket}/runs/{RunId}/checkpoints/", "/opt/ml/checkpoints"), (request.CheckpointConfig.S3Uri, request.CheckpointConfig.LocalPath));
        Assert.Equal((1800, 7200, true), (request.StoppingCondition.MaxRuntimeInSeconds, request.StoppingCondition.MaxWaitTimeInSeconds, request.EnableManagedSpotTraining));
        Assert.Equal(("ml.g5.xlarge", 2, 50, null), (request.ResourceConfig.InstanceType.Value, request.ResourceConfig.InstanceCount, request.ResourceConfig.VolumeSizeInGB, request.ResourceConfig.VolumeKmsKeyId));
        Assert.Equal(["subnet-1", "subnet-2", "sg-1"], request.VpcConfig.Subnets.Concat(request.VpcConfig.SecurityGroupIds));
        Assert.Equal((false, true), (request.EnableNetworkIsolation, request.EnableInterContainerTrafficEncryption));
        Assert.Equal((RunId, "info"), (request.Environment["PIPELINE_RUN_ID"], request.Environment["LOG_LEVEL"]));
        Assert.Equal(("7", "60"), (request.HyperParameters["seed"], request.HyperParameters["checkpoint_interval_seconds"]));
        Assert.Equal(
            [("environment", "sandbox"), (JobNames.DigestTag, Digest), (JobNames.RunIdTag, RunId), ("project", "demo"), ("team", "research")],
            request.Tags.Select(tag => (tag.Key, tag.Value)));
    }

    [Fact]
    public void GivenALongerJobThanTheDollarsBuy_WhenBuilt_ThenItStopsAfterWhatTheyBuy()
    {
        var stopping = JobRequest.Build(Job with { MaxRuntimeSeconds = 3600, MaxWaitSeconds = 1700 }, Run, Intent with { MaxRuntimeSeconds = 1699 }, Inputs).StoppingCondition;

        Assert.Equal((1699, 1700), (stopping.MaxRuntimeInSeconds, stopping.MaxWaitTimeInSeconds));
    }

    [Fact]
    public void GivenTagsAndVariablesOfTheSameNames_WhenBuilt_ThenThoseOfTheRunStand()
    {
        var own = new Dictionary<string, string> { ["team"] = "other", ["environment"] = "other", [JobNames.RunIdTag] = "other", [JobNames.DigestTag] = "other" };
        var request = JobRequest.Build(Job with { Tags = own, EnvironmentVariables = new Dictionary<string, string> { ["PIPELINE_RUN_ID"] = "other" } }, Run, Intent, Inputs);

        Assert.Equal(
            [("environment", "sandbox"), (JobNames.DigestTag, Digest), (JobNames.RunIdTag, RunId), ("team", "research")],
            request.Tags.Select(tag => (tag.Key, tag.Value)));
        Assert.Equal(RunId, request.Environment["PIPELINE_RUN_ID"]);
    }

    [Fact]
    public void GivenARunThatLostItsApproval_WhenItsTagsAreAsked_ThenTheDigestIsThatOfItsSubjectAndWithoutOneTheRunIdIsAll()
    {
        var digest = ApprovalDigest.Compute(Run.Subject!);
        Assert.NotEqual(Digest, digest);

        Assert.Equal([(JobNames.RunIdTag, RunId), (JobNames.DigestTag, Digest)], TagsOf(Run));
        Assert.Equal([(JobNames.RunIdTag, RunId), (JobNames.DigestTag, digest)], TagsOf(Run with { Approval = null }));
        Assert.Equal([(JobNames.RunIdTag, RunId)], TagsOf(Run with { Approval = null, Subject = null }));
    }

    [Fact]
    public void GivenAJobWithAllThatIsOptional_WhenBuilt_ThenItIsSentAsConfigured()
    {
        var request = JobRequest.Build(
            Job with { Entrypoint = ["python", "train.py"], SecurityGroupIds = null, VolumeKmsKeyArn = KeyArn, EnableNetworkIsolation = true, EncryptInterContainerTraffic = false, MaxRetryAttempts = 3, EnableInfraCheck = true, SecretEnvironment = new Dictionary<string, string> { ["HF_TOKEN"] = "ssm:/team/token" } }, Run, Intent, Inputs);

        Assert.Equal(["python", "train.py"], request.AlgorithmSpecification.ContainerEntrypoint);
        Assert.Equal(Job.MetricDefinitions, request.AlgorithmSpecification.MetricDefinitions.Select(metric => new MetricDefinitionSpec(metric.Name, metric.Regex)));
        Assert.Equal((KeyArn, true, false), (request.ResourceConfig.VolumeKmsKeyId, request.EnableNetworkIsolation, request.EnableInterContainerTrafficEncryption));
        Assert.Empty(request.VpcConfig.SecurityGroupIds);
        Assert.Equal("ssm:/team/token", request.Environment["PIPELINE_SECRET_HF_TOKEN"]);
        Assert.Equal((3, true), (request.RetryStrategy.MaximumRetryAttempts, request.InfraCheckConfig.EnableInfraCheck));
        Assert.Equal("File", request.AlgorithmSpecification.TrainingInputMode.Value);
        Assert.All(request.InputDataConfig, channel => Assert.Equal(
            ("File", "S3Prefix", "FullyReplicated"), (channel.InputMode.Value, channel.DataSource.S3DataSource.S3DataType.Value, channel.DataSource.S3DataSource.S3DataDistributionType.Value)));
    }

    [Fact]
    public void GivenAnOnDemandAttempt_WhenBuilt_ThenNoWaitingTimeIsSent()
    {
        var request = JobRequest.Build(Job, Run, Intent with { Market = Market.OnDemand }, Inputs);
        Assert.Equal((null, false), (request.StoppingCondition.MaxWaitTimeInSeconds, request.EnableManagedSpotTraining));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(100)]
    public void GivenNoOrAShortWaitingTime_WhenBuilt_ThenItIsAtLeastTheRunningTime(int? wait) =>
        Assert.Equal(1800, JobRequest.Build(Job with { MaxWaitSeconds = wait }, Run, Intent, Inputs).StoppingCondition.MaxWaitTimeInSeconds);

    [Fact]
    public void GivenNothingOptional_WhenBuilt_ThenNoEmptyCollectionIsSent()
    {
        var bare = Job with { SubnetIds = [], Hyperparameters = new Dictionary<string, string>(), CheckpointIntervalSeconds = 0, MetricDefinitions = [], EnableInfraCheck = false };
        var request = JobRequest.Build(bare, Run, Intent with { Checkpoints = Intent.Checkpoints! with { IntervalSeconds = 0 } }, Inputs);
        Assert.Null(request.VpcConfig);
        Assert.Null(request.HyperParameters);
        Assert.Null(request.AlgorithmSpecification.MetricDefinitions);
        Assert.Null(request.AlgorithmSpecification.ContainerEntrypoint);
        Assert.Null(request.RetryStrategy);
        Assert.Null(request.InfraCheckConfig);
    }

    [Fact]
    public void GivenAnIntervalAmongTheHyperparameters_WhenBuilt_ThenItStands()
    {
        var own = new Dictionary<string, string> { ["checkpoint_interval_seconds"] = "5" };
        Assert.Equal("5", JobRequest.Build(Job with { Hyperparameters = own }, Run, Intent, Inputs).HyperParameters["checkpoint_interval_seconds"]);
    }

    [Fact]
    public void GivenAnAutomaticInterval_WhenBuilt_ThenTheRequestSaysWhatWasChosenAndWhy()
    {
        var chosen = new CheckpointChoice(true, 94.9, 0.5, 9000, new string('r', 600));
        var request = JobRequest.Build(Job, Run, Intent with { Checkpoints = chosen }, Inputs);

        Assert.Equal(
            ("94.9", "auto", "9000"),
            (request.HyperParameters["checkpoint_interval_seconds"], request.HyperParameters["checkpoint_interval"], request.HyperParameters["expected_time_between_interruptions_seconds"]));
        Assert.Equal(chosen.Reason[..512], request.Environment["CHECKPOINT_INTERVAL_REASON"]);
    }

    [Fact]
    public void GivenAnIntervalThatIsConfigured_WhenBuilt_ThenTheProgramIsNotToldToCorrectIt()
    {
        var request = JobRequest.Build(Job, Run, Intent, Inputs);

        Assert.DoesNotContain(request.HyperParameters.Keys, name => name is "checkpoint_interval" or "expected_time_between_interruptions_seconds");
        Assert.Equal(Intent.Checkpoints!.Reason, request.Environment["CHECKPOINT_INTERVAL_REASON"]);
    }

    [Fact]
    public void Given_UploadedChannels_When_Built_Then_TheNodesAreToldTheirDigests()
    {
        InputChannel[] channels = [new("train", "s3://corpus/a/"), new("validation", "s3://b/data/1/", "v"), new("code", "s3://b/bundles/2/", "c", "0a1b")];
        var overridden = Job with { EnvironmentVariables = new Dictionary<string, string> { ["PIPELINE_CODE_SHA256"] = "none" } };

        var environment = JobRequest.Build(overridden, Run, Intent, channels).Environment;

        Assert.Equal(("c", "v"), (environment["PIPELINE_CODE_SHA256"], environment["PIPELINE_DATA_SHA256_VALIDATION"]));
        Assert.Equal("0a1b", environment["PIPELINE_CODE_MARKS"]);
        Assert.DoesNotContain("PIPELINE_DATA_MARKS_VALIDATION", environment.Keys);
        Assert.DoesNotContain("PIPELINE_DATA_SHA256_TRAIN", environment.Keys);
    }

    [Fact]
    public void GivenAJobThatMayNotRun_WhenBuilt_ThenItIsRefusedWithItsOwnExitCode()
    {
        Assert.Equal((CostingErrors.LaunchDisabled.Id, ExitCode.Refused), Fails(Job with { Enabled = false }, Run));
        Assert.Equal((ApprovalErrors.Missing.Id, ExitCode.NotApproved), Fails(Job, Run with { Approval = null }));
        Assert.Equal((TrainingErrors.NotApplied.Id, ExitCode.BadConfiguration), Fails(Job with { RoleArn = null }, Run));
    }

    [Fact]
    public void GivenARunId_WhenNamed_ThenLaterJobsCarryTheirNumberAndLongNamesAreRefused()
    {
        Assert.Equal((JobName, JobName + "-a2"), (JobNames.NameOf(Job, RunId, 1), JobNames.NameOf(Job, RunId, 2)));
        Assert.Equal(57, JobNames.NameOf(Job with { Name = new string('n', 36) }, RunId, 1).Length);
        Assert.Throws<PipelineException>(() => JobNames.NameOf(Job with { Name = new string('n', 43) }, RunId, 1));
    }

    private static IEnumerable<(string Key, string Value)> TagsOf(RunRecord run) => JobRequest.OwnTags(run).Select(tag => (tag.Key, tag.Value));

    private static (string Id, ExitCode ExitCode) Fails(TrainingJobSpec job, RunRecord run)
    {
        var refusal = Assert.Throws<PipelineException>(() => JobRequest.Build(job, run, Intent, Inputs));
        return (refusal.Code.Id, refusal.ExitCode);
    }
}
