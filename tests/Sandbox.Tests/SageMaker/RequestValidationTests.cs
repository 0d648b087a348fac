using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker.Images;
using BuildPipeline.Sandbox.SageMaker.Requests;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

public sealed class RequestValidationTests
{
    private static readonly RequestGuard Guard = new("sagemaker", "ValidationException");

    private readonly MemoryObjectStore _objects = new();

    public RequestValidationTests() => _objects.CreateBucket(JobHarness.Bucket, "us-east-1");

    [Theory]
    [InlineData("TrainingJobName", "\"a_b\"", "1 validation error detected: Value 'a_b' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")]
    [InlineData("TrainingJobName", "null", "1 validation error detected: Value at 'trainingJobName' failed to satisfy constraint: Member must not be null")]
    [InlineData("RoleArn", "\"arn:x\"", "2 validation errors detected: Value 'arn:x' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20; ")]
    [InlineData("ResourceConfig.InstanceType", "\"ml.g5.9xlarge\"", "1 validation error detected: Value 'ml.g5.9xlarge' at 'resourceConfig.instanceType' failed to satisfy constraint: Member must satisfy enum value set: [ml.m4.xlarge, ")]
    [InlineData("ResourceConfig.InstanceCount", "-1", "1 validation error detected: Value '-1' at 'resourceConfig.instanceCount' failed to satisfy constraint: Member must have value greater than or equal to 0")]
    [InlineData("ResourceConfig.InstanceCount", "0", "InstanceCount must be at least 1.")]
    [InlineData("ResourceConfig.VolumeKmsKeyId", "\"key\"", "VolumeKmsKeyId is not supported for ml.g5.xlarge")]
    [InlineData("StoppingCondition.MaxRuntimeInSeconds", "2419201", "MaxRuntimeInSeconds must be at most 2419200 (28 days).")]
    [InlineData("StoppingCondition.MaxWaitTimeInSeconds", "7200", "MaxWaitTimeInSeconds can only be given when EnableManagedSpotTraining is true.")]
    [InlineData("EnableManagedSpotTraining", "true", "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds")]
    [InlineData("AlgorithmSpecification.TrainingImage", "\"nobody/knows\"", "The sandbox does not know the training image 'nobody/knows'. It knows: sandbox/builtin, sandbox/python, sandbox/pytorch.")]
    [InlineData("AlgorithmSpecification.ContainerEntrypoint", "[\"bash\"]", "The image 'sandbox/builtin' brings its own program: leave out ContainerEntrypoint and ContainerArguments.")]
    [InlineData("AlgorithmSpecification.ContainerEntrypoint", "[]", "1 validation error detected: Value '[]' at 'algorithmSpecification.containerEntrypoint' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData("AlgorithmSpecification.MetricDefinitions", """[{"Name":"loss","Regex":"("}]""", "The regular expression '(' of metric 'loss' is invalid")]
    [InlineData("OutputDataConfig.S3OutputPath", "\"s3://missing/x\"", "The bucket 'missing' of OutputDataConfig.S3OutputPath does not exist.")]
    [InlineData("CheckpointConfig.LocalPath", "\"/var/x\"", "The sandbox keeps checkpoints below /opt/ml/")]
    [InlineData("InputDataConfig", """[{"ChannelName":"a b","DataSource":{}}]""", "1 validation error detected: Value 'a b' at 'inputDataConfig.1.member.channelName' failed to satisfy constraint: ")]
    [InlineData("HyperParameters", """{"k":null}""", "1 validation error detected: Value at 'hyperParameters' failed to satisfy constraint: Member must not be null")]
    [InlineData("Environment", """{"1k":"v"}""", "1 validation error detected: Value at 'environment' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: ")]
    [InlineData("Tags", """[{"Key":"","Value":"v"}]""", "1 validation error detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    public void Given_invalid_member_When_job_is_created_Then_ValidationException_says_what_AWS_says(string path, string value, string message)
    {
        var error = Assert.Throws<AwsError>(() => Check(path, value));

        Assert.Equal("ValidationException", error.Code);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HyperParameters", "[]")]
    [InlineData("TrainingJobName", "5")]
    [InlineData("ResourceConfig.InstanceCount", "\"2\"")]
    [InlineData("ResourceConfig.InstanceCount", "1.5")]
    [InlineData("EnableManagedSpotTraining", "\"true\"")]
    public void Given_member_of_wrong_kind_When_job_is_created_Then_SerializationException(string path, string value) =>
        Assert.Equal("SerializationException", Assert.Throws<AwsError>(() => Check(path, value)).Code);

    [Fact]
    public void Given_valid_request_When_job_is_created_Then_it_is_read()
    {
        var request = Rules().Check(JobHarness.Request(spot: true, maxRuntime: 60, maxWait: 60), TestAccount.Region);

        Assert.Equal((TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), 2), (request.MaxRuntime, request.MaxWait, request.ResourceConfig.InstanceCount));
    }

    [Theory]
    [Effect("CreateTrainingJob", "RoleArn")]
    [InlineData(TestAccount.Role, true)]
    [InlineData("arn:aws:iam::000000000000:role/made", true)]
    [InlineData("arn:aws:iam::000000000000:role/other", false)]
    [InlineData("arn:aws:iam::123456789012:role/sandbox-training", false)]
    public void Given_a_role_When_a_job_is_created_Then_it_must_be_the_sandboxs_own_or_one_that_was_created(string role, bool exists)
    {
        var request = JobHarness.Request();
        request["RoleArn"] = role;
        var account = new TestAccount { Roles = ["arn:aws:iam::000000000000:role/made"] };

        var error = Record.Exception(() => Rules(account).Check(request, TestAccount.Region)) as AwsError;

        Assert.Equal(exists ? null : "ValidationException", error?.Code);
        Assert.Equal(!exists, error?.Message.Contains(TestAccount.Role, StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [InlineData("sandbox/builtin", true)]
    [InlineData("sandbox/builtin:latest", true)]
    [InlineData("000000000000.dkr.ecr.eu-west-1.amazonaws.com/sandbox/builtin:1", true)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/sandbox/builtin:1", false)]
    [InlineData("sandbox/builtin:2", false)]
    public void Given_ANameOfTheBuiltInImage_When_LookedUp_Then_ItIsKnownInTheSandboxsOwnRegistryOnly(string name, bool isKnown) =>
        Assert.Equal(isKnown, TrainingImages.BuiltIn.Find(name) is not null);

    private TrainingJobRules Rules(TestAccount? account = null) => new(_objects, TrainingImages.BuiltIn, (account ?? new TestAccount()).AsResources());

    private void Check(string path, string value)
    {
        var request = JobHarness.Request();
        var (owner, name) = path.Split('.') is [var part, var member] ? (request[part]!.AsObject(), member) : (request, path);
        owner[name] = JsonNode.Parse(value);
        var parsed = JsonNode.Parse(request.ToJsonString())!.AsObject();
        Guard.Check("CreateTrainingJob", parsed);
        Rules().Check(parsed, TestAccount.Region);
    }
}
