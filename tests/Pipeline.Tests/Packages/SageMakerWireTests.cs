using System.Net;
using System.Text.Json.Nodes;
using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Pipeline.Tests.Aws;

namespace BuildPipeline.Pipeline.Tests.Packages;

public class SageMakerWireTests
{
    [Fact]
    public async Task Given_FullTrainingJob_When_Created_Then_EveryMemberIsOnTheWire()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, """{"TrainingJobArn":"arn:job"}"""));
        using var client = FakeClients.SageMaker(endpoint);

        var response = await client.CreateTrainingJobAsync(FullRequest());

        var sent = endpoint.Only;
        Assert.Equal("SageMaker.CreateTrainingJob", sent.Target);
        Assert.Equal("application/x-amz-json-1.1", sent.ContentType);
        Assert.Equal("eu-west-1/sagemaker/aws4_request", sent.Scope);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(FullJson), sent.Json), sent.Body);
        Assert.Equal("arn:job", response.TrainingJobArn);
        Assert.Equal(HttpStatusCode.OK, response.HttpStatusCode);
        Assert.Equal("request-1", response.ResponseMetadata.RequestId);
    }

    [Fact]
    public async Task Given_JobNameOnly_When_Described_Then_UnsetMembersStayOff()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, "{}"));
        using var client = FakeClients.SageMaker(endpoint);

        var job = await client.DescribeTrainingJobAsync(new DescribeTrainingJobRequest { TrainingJobName = "job" });

        Assert.Equal("""{"TrainingJobName":"job"}""", endpoint.Only.Body);
        Assert.Null(job.SecondaryStatusTransitions);
        Assert.Null(job.BillableTimeInSeconds);
        Assert.Null(job.TrainingJobStatus);
    }

    [Fact]
    public async Task Given_DescribedJob_When_Read_Then_TimesMetricsAndStatusesHoldAndTheUnknownPasses()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, DescribedJson));
        using var client = FakeClients.SageMaker(endpoint);

        var job = await client.DescribeTrainingJobAsync(new DescribeTrainingJobRequest { TrainingJobName = "job" });

        Assert.Equal(TrainingJobStatus.InProgress, job.TrainingJobStatus);
        Assert.Equal("SomethingNew", job.SecondaryStatus.Value);
        Assert.Equal(new DateTime(2026, 1, 1, 0, 0, 0, 250, DateTimeKind.Utc), job.CreationTime);
        Assert.Equal(DateTimeKind.Utc, job.CreationTime!.Value.Kind);
        Assert.Equal(["Starting", "Training"], job.SecondaryStatusTransitions.Select(t => t.Status.Value));
        Assert.Null(job.SecondaryStatusTransitions[1].EndTime);
        Assert.Equal(2.5f, Assert.Single(job.FinalMetricDataList).Value);
        Assert.Equal("ml.g5.2xlarge", job.ResourceConfig.InstanceType.Value);
        Assert.Equal(262, job.BillableTimeInSeconds);
        Assert.Equal("s3://bucket/model.tar.gz", job.ModelArtifacts.S3ModelArtifacts);
    }

    [Fact]
    public async Task Given_AnswerWithoutBody_When_Stopped_Then_TheCallSucceeds()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, ""));
        using var client = FakeClients.SageMaker(endpoint);

        var response = await client.StopTrainingJobAsync(new StopTrainingJobRequest { TrainingJobName = "job" });

        Assert.Equal("SageMaker.StopTrainingJob", endpoint.Only.Target);
        Assert.Equal(HttpStatusCode.OK, response.HttpStatusCode);
    }

    [Fact]
    public async Task Given_TwoPages_When_Paginated_Then_TheTokenIsFollowedPastAnEmptyPage()
    {
        using var endpoint = new FakeAwsEndpoint(
            new Answer(200, """{"TrainingJobSummaries":[],"NextToken":"more"}"""),
            new Answer(200, """{"TrainingJobSummaries":[{"TrainingJobName":"job"}]}"""));
        using var client = FakeClients.SageMaker(endpoint);
        var names = new List<string>();

        var paginator = client.Paginators.ListTrainingJobs(new ListTrainingJobsRequest { NameContains = "job" });
        await foreach (var summary in paginator.TrainingJobSummaries)
        {
            names.Add(summary.TrainingJobName);
        }

        Assert.Equal(["job"], names);
        Assert.Equal("""{"NameContains":"job"}""", endpoint.Requests[0].Body);
        Assert.Equal("more", (string?)endpoint.Requests[1].Json["NextToken"]);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await paginator.TrainingJobSummaries.GetAsyncEnumerator().MoveNextAsync());
    }

    private const string DescribedJson = """
        {"TrainingJobName":"job","TrainingJobStatus":"InProgress","SecondaryStatus":"SomethingNew","CreationTime":1767225600.25,
         "SecondaryStatusTransitions":[{"Status":"Starting","StartTime":1767225600,"EndTime":1767225660.5,"StatusMessage":"Starting"},
          {"Status":"Training","StartTime":1767225660.5}],
         "FinalMetricDataList":[{"MetricName":"train:loss","Value":2.5,"Timestamp":1.7672256E9}],
         "ResourceConfig":{"InstanceType":"ml.g5.2xlarge","InstanceCount":2,"VolumeSizeInGB":30},
         "BillableTimeInSeconds":262,"TrainingTimeInSeconds":874,"WarmPoolStatus":{"Status":"Available"},
         "ModelArtifacts":{"S3ModelArtifacts":"s3://bucket/model.tar.gz"},
         "AddedLater":{"Deep":[1,2,{"x":null}]}}
        """;

    private const string FullJson = """
        {"TrainingJobName":"job","HyperParameters":{"seed":"1"},
         "AlgorithmSpecification":{"TrainingImage":"image","TrainingInputMode":"FastFile",
          "MetricDefinitions":[{"Name":"train:loss","Regex":"train:loss=(.*)"}],
          "ContainerEntrypoint":["bash"]},
         "RoleArn":"role",
         "InputDataConfig":[{"ChannelName":"train","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://bucket/data",
          "S3DataDistributionType":"ShardedByS3Key"}},"InputMode":"File"}],
         "OutputDataConfig":{"KmsKeyId":"key","S3OutputPath":"s3://bucket/output"},
         "ResourceConfig":{"InstanceType":"ml.p5.48xlarge","InstanceCount":2,"VolumeSizeInGB":30,"VolumeKmsKeyId":"key"},
         "VpcConfig":{"SecurityGroupIds":["sg-1"],"Subnets":["subnet-1","subnet-2"]},
         "StoppingCondition":{"MaxRuntimeInSeconds":3600,"MaxWaitTimeInSeconds":7200},
         "Tags":[{"Key":"team","Value":"ml"}],
         "EnableNetworkIsolation":true,"EnableInterContainerTrafficEncryption":false,"EnableManagedSpotTraining":true,
         "CheckpointConfig":{"S3Uri":"s3://bucket/checkpoints","LocalPath":"/opt/ml/checkpoints"},
         "Environment":{"NAME":"value"},
         "RetryStrategy":{"MaximumRetryAttempts":3},"InfraCheckConfig":{"EnableInfraCheck":true}}
        """;

    private static CreateTrainingJobRequest FullRequest() => new()
    {
        TrainingJobName = "job",
        HyperParameters = new() { ["seed"] = "1" },
        AlgorithmSpecification = new()
        {
            TrainingImage = "image",
            TrainingInputMode = "FastFile",
            MetricDefinitions = [new() { Name = "train:loss", Regex = "train:loss=(.*)" }],
            ContainerEntrypoint = ["bash"],
        },
        RoleArn = "role",
        InputDataConfig = [TrainChannel()],
        OutputDataConfig = new() { KmsKeyId = "key", S3OutputPath = "s3://bucket/output" },
        ResourceConfig = new()
        {
            InstanceType = "ml.p5.48xlarge", InstanceCount = 2, VolumeSizeInGB = 30, VolumeKmsKeyId = "key",
        },
        VpcConfig = new() { SecurityGroupIds = ["sg-1"], Subnets = ["subnet-1", "subnet-2"] },
        StoppingCondition = new() { MaxRuntimeInSeconds = 3600, MaxWaitTimeInSeconds = 7200 },
        Tags = [new() { Key = "team", Value = "ml" }],
        EnableNetworkIsolation = true,
        EnableInterContainerTrafficEncryption = false,
        EnableManagedSpotTraining = true,
        CheckpointConfig = new() { S3Uri = "s3://bucket/checkpoints", LocalPath = "/opt/ml/checkpoints" },
        Environment = new() { ["NAME"] = "value" },
        RetryStrategy = new() { MaximumRetryAttempts = 3 },
        InfraCheckConfig = new() { EnableInfraCheck = true },
    };

    private static Channel TrainChannel() => new()
    {
        ChannelName = "train",
        InputMode = TrainingInputMode.File,
        DataSource = new()
        {
            S3DataSource = new()
            {
                S3DataType = S3DataType.S3Prefix, S3Uri = "s3://bucket/data", S3DataDistributionType = "ShardedByS3Key",
            },
        },
    };
}
