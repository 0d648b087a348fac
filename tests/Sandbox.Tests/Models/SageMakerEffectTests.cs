using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Tests.SageMaker;

namespace BuildPipeline.Sandbox.Tests.Models;

public sealed class SageMakerEffectTests
{
    private const string Key = "arn:aws:kms:us-east-1:000000000000:key/1";
    private const string Missing = "Requested resource not found.";

    [Fact]
    [Effect("CreateTrainingJob", "TrainingJobName")]
    [Effect("DescribeTrainingJob", "TrainingJobName")]
    [Effect("StopTrainingJob", "TrainingJobName")]
    [Effect("DeleteTrainingJob", "TrainingJobName")]
    public async Task Given_two_jobs_When_one_is_named_Then_it_alone_is_meant()
    {
        await using var harness = new JobHarness();
        var service = harness.Service();
        await CreateAsync(service, JobHarness.Request("one"));
        await CreateAsync(service, JobHarness.Request("two"));

        await Task.Run(() => service.CallAsync("StopTrainingJob", Named("one")));
        await harness.PassAsync(5);
        var described = await service.CallAsync("DescribeTrainingJob", Named("one"));
        await service.CallAsync("DeleteTrainingJob", Named("one"));

        Assert.Equal("Stopped", (string?)described["TrainingJobStatus"]);
        Assert.Equal(JobStatus.InProgress, harness.Job("two").Status);
        Assert.Equal(Missing, (await service.RefusedAsync("DescribeTrainingJob", Named("one"))).Message);
        Assert.Equal("ResourceInUse", (await service.RefusedAsync("CreateTrainingJob", JobHarness.Request("two").ToJsonString())).Code);
    }

    [Fact]
    [Effect("CreateTrainingJob", "Tags[].Key", "Tags[].Value")]
    [Effect("AddTags", "ResourceArn", "Tags[].Key", "Tags[].Value")]
    [Effect("DeleteTags", "ResourceArn", "TagKeys")]
    [Effect("ListTags", "ResourceArn", "NextToken")]
    public async Task Given_tags_When_others_are_added_or_some_deleted_Then_keys_decide_and_the_rules_of_AWS_hold()
    {
        await using var harness = new JobHarness();
        var service = harness.Service();
        var request = JobHarness.Request();
        request["Tags"] = Tags("""{"Key":"team","Value":"a"},{"Key":"run","Value":"1"}""");
        await CreateAsync(service, request);
        await CreateAsync(service, JobHarness.Request("other"));

        await service.CallAsync("AddTags", Tagged("job", """{"Key":"run","Value":"2"}"""));
        var listed = await service.CallAsync("ListTags", Tagged("job"));

        Assert.Equal("""[{"Key":"team","Value":"a"},{"Key":"run","Value":"2"}]""", listed["Tags"]!.ToJsonString());
        Assert.Equal("[]", (await service.CallAsync("ListTags", Tagged("other")))["Tags"]!.ToJsonString());
        Assert.Equal(Missing, (await service.RefusedAsync("ListTags", Tagged("nobody"))).Message);
        foreach (var refused in new[] { """{"Key":"aws:x","Value":"1"}""", """{"Key":"a","Value":"1"},{"Key":"a","Value":"2"}""" })
        {
            Assert.Equal("ValidationException", (await service.RefusedAsync("AddTags", Tagged("job", refused))).Code);
        }

        Assert.Equal("{}", (await service.CallAsync("DeleteTags", Untagged("job", "team", "Run", "never-there"))).ToJsonString());
        Assert.Equal("""[{"Key":"run","Value":"2"}]""", (await service.CallAsync("ListTags", Tagged("job")))["Tags"]!.ToJsonString());
        Assert.Equal("ValidationException", (await service.RefusedAsync("DeleteTags", Untagged("job", "run", "aws:x"))).Code);
        Assert.Equal("ValidationException", (await service.RefusedAsync("DeleteTags", Untagged("job"))).Code);
        Assert.Equal(Missing, (await service.RefusedAsync("DeleteTags", Untagged("nobody", "run"))).Message);
        Assert.Single(harness.Job().Tags);

        var token = JsonNode.Parse(Tagged("job"))!.AsObject();
        token["NextToken"] = "x";
        Assert.Equal("ValidationException", (await service.RefusedAsync("ListTags", token.ToJsonString())).Code);
    }

    [Theory]
    [Effect("ListTrainingJobs", "NextToken", "MaxResults", "CreationTimeAfter", "CreationTimeBefore", "LastModifiedTimeAfter", "LastModifiedTimeBefore",
        "NameContains", "StatusEquals", "SortBy", "SortOrder")]
    [InlineData("{}", "b-3 a-2 a-1")]
    [InlineData("""{"NameContains":"a"}""", "a-2 a-1")]
    [InlineData("""{"SortBy":"Name"}""", "b-3 a-2 a-1")]
    [InlineData("""{"SortBy":"Name","SortOrder":"Ascending"}""", "a-1 a-2 b-3")]
    [InlineData("""{"SortBy":"Status","SortOrder":"Ascending"}""", "a-1 b-3 a-2")]
    [InlineData("""{"StatusEquals":"Stopping"}""", "a-2")]
    [InlineData("""{"CreationTimeAfter":1767225600}""", "b-3 a-2")]
    [InlineData("""{"CreationTimeBefore":1767225660}""", "a-1")]
    [InlineData("""{"LastModifiedTimeAfter":1767225725}""", "a-2")]
    [InlineData("""{"LastModifiedTimeBefore":1767225725}""", "b-3 a-1")]
    [InlineData("""{"MaxResults":2}""", "b-3 a-2 | a-1")]
    public async Task Given_jobs_When_listed_Then_filters_order_and_pages_decide(string input, string expected)
    {
        await using var harness = new JobHarness();
        var service = harness.Service();
        foreach (var (name, minute) in new[] { ("a-1", 0), ("a-2", 1), ("b-3", 2) })
        {
            var created = harness.Time.Start.AddMinutes(minute);
            harness.Platform.Stores.Jobs.Add(new TrainingJob(name, JobHarness.ArnOf(name), JobHarness.Request(name), new([]), created, []), _ => { });
        }

        harness.Platform.Stores.Jobs.Update(JobHarness.ArnOf("a-2"), job => job.BeginStop(Phase.Stopped, harness.Time.Start.AddMinutes(3)));
        var page = await service.CallAsync("ListTrainingJobs", input);
        var names = string.Join(' ', Names(page));
        if (page["NextToken"] is { } token)
        {
            names += " | " + string.Join(' ', Names(await service.CallAsync("ListTrainingJobs", $$"""{"MaxResults":2,"NextToken":"{{token}}"}""")));
        }

        Assert.Equal(expected, names);
        Assert.Equal("ValidationException", (await service.RefusedAsync("ListTrainingJobs", """{"NextToken":"x"}""")).Code);
    }

    [Fact]
    [Effect("CreateTrainingJob", "AlgorithmSpecification.TrainingInputMode", "InputDataConfig[].InputMode", "InputDataConfig[].ContentType", "CheckpointConfig.LocalPath")]
    public async Task Given_channels_and_a_checkpoint_folder_When_the_job_starts_Then_its_program_finds_them_in_its_configuration()
    {
        await using var harness = new JobHarness();
        harness.Objects.Put(JobHarness.Bucket, "data/a", "text");
        var request = JobHarness.Request();
        request["AlgorithmSpecification"]!["TrainingInputMode"] = "FastFile";
        request["CheckpointConfig"]!["LocalPath"] = "/opt/ml/kept";
        request["InputDataConfig"] = JsonNode.Parse($$"""
            [{"ChannelName":"one","ContentType":"text/csv","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://{{JobHarness.Bucket}}/data/"} } },
             {"ChannelName":"two","InputMode":"File","DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"s3://{{JobHarness.Bucket}}/data/"} } }]
            """);
        await CreateAsync(harness.Service(), request);
        await harness.ToTrainingAsync();
        var node = harness.Runner.Current[0];
        var channels = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(node.Root, "input", "config", "inputdataconfig.json")))!;
        node.WriteFile("kept/step.bin", "1");
        await harness.PassAsync(60);
        await harness.UntilAsync(_ => harness.Objects.Find(JobHarness.Bucket, "runs/r1/checkpoints/step.bin") is not null); // copied beside virtual time

        Assert.Equal(("FastFile", "text/csv", "File"), ((string?)channels["one"]!["TrainingInputMode"], (string?)channels["one"]!["ContentType"], (string?)channels["two"]!["TrainingInputMode"]));
        Assert.NotNull(harness.Objects.Find(JobHarness.Bucket, "runs/r1/checkpoints/step.bin"));
    }

    [Fact]
    [Effect("CreateTrainingJob", "OutputDataConfig.CompressionType", "OutputDataConfig.KmsKeyId")]
    public async Task Given_a_key_and_no_compression_When_the_job_ends_Then_its_model_is_there_file_by_file_under_that_key()
    {
        await using var harness = new JobHarness();
        var request = JobHarness.Request(nodes: 1);
        request["OutputDataConfig"]!["CompressionType"] = "NONE";
        request["OutputDataConfig"]!["KmsKeyId"] = Key;
        await CreateAsync(harness.Service(Account()), request);
        await harness.ToTrainingAsync();
        harness.Runner.Current[0].WriteFile("model/weights.bin", "1");
        harness.Runner.Current[0].End(0);
        await harness.UntilAsync(job => job.IsOver);

        Assert.Equal(Key, harness.Objects.Find(JobHarness.Bucket, "runs/r1/output/job/output/model/weights.bin")!.Headers.KmsKeyId);
    }

    [Theory]
    [Effect("CreateTrainingJob", "ResourceConfig.InstanceType", "ResourceConfig.VolumeSizeInGB", "ResourceConfig.VolumeKmsKeyId", "VpcConfig.Subnets", "VpcConfig.SecurityGroupIds")]
    [InlineData("ResourceConfig", "InstanceType", "\"ml.p5.48xlarge\"", "ResourceLimitExceeded")]
    [InlineData("ResourceConfig", "InstanceType", "\"ml.m5.xlarge\"", null)]
    [InlineData("ResourceConfig", "VolumeSizeInGB", "16385", "ResourceLimitExceeded")]
    [InlineData("ResourceConfig", "VolumeSizeInGB", "0", "ValidationException")]
    [InlineData("ResourceConfig", "VolumeKmsKeyId", "\"nobody\"", "ValidationException")]
    [InlineData("ResourceConfig", "VolumeKmsKeyId", "\"alias/team\"", null)]
    [InlineData("OutputDataConfig", "KmsKeyId", "\"nobody\"", "ValidationException")]
    [InlineData("VpcConfig", "Subnets", "[\"subnet-1\"]", null)]
    [InlineData("VpcConfig", "Subnets", "[\"subnet-9\"]", "ValidationException")]
    [InlineData("VpcConfig", "Subnets", "[\"subnet-far\"]", "ValidationException")]
    [InlineData("VpcConfig", "SecurityGroupIds", "[\"sg-of-vpc-1\"]", null)]
    [InlineData("VpcConfig", "SecurityGroupIds", "[\"sg-of-vpc-2\"]", "ValidationException")]
    [InlineData("VpcConfig", "SecurityGroupIds", "[\"sg-9\"]", "ValidationException")]
    [InlineData("VpcConfig", "SecurityGroupIds", "[\"sg-other-vpc\"]", "ValidationException")]
    public async Task Given_what_the_account_has_When_a_job_names_something_else_Then_it_is_refused(string owner, string member, string value, string? code)
    {
        await using var harness = new JobHarness();
        var request = JobHarness.Request();
        request["ResourceConfig"]!["InstanceType"] = "ml.m5.xlarge";
        request["VpcConfig"] = JsonNode.Parse("""{"Subnets":["subnet-1"],"SecurityGroupIds":["sg-1"]}""");
        request[owner]![member] = JsonNode.Parse(value);

        if (code is null)
        {
            await CreateAsync(harness.Service(Account()), request);
            Assert.Equal(JobStatus.InProgress, harness.Job().Status);
        }
        else
        {
            Assert.Equal(code, (await harness.Service(Account()).RefusedAsync("CreateTrainingJob", request.ToJsonString())).Code);
        }
    }

    [Theory]
    [InlineData("us-east-1", null)]
    [InlineData("eu-west-1", "ValidationException")]
    public async Task Given_the_default_VPC_When_a_job_names_its_subnets_and_group_Then_they_exist_in_their_region(string region, string? code)
    {
        await using var harness = new JobHarness();
        var request = JobHarness.Request();
        request["VpcConfig"] = new JsonObject
        {
            ["Subnets"] = new JsonArray([.. AccountDefaults.Zones("us-east-1").Select(zone => (JsonNode)AccountDefaults.StableId("subnet", zone))]),
            ["SecurityGroupIds"] = new JsonArray(AccountDefaults.StableId("sg", "us-east-1")),
        };

        var refusal = await Record.ExceptionAsync(() => Task.Run(() => harness.Service().CallAsync("CreateTrainingJob", request.ToJsonString(), region)));

        Assert.Equal(code, (refusal as AwsError)?.Code);
    }

    private static JsonNode? Tags(string tags) => JsonNode.Parse($"[{tags}]");

    private static string Named(string name) => new JsonObject { ["TrainingJobName"] = name }.ToJsonString();

    private static string Tagged(string job, string? tags = null)
    {
        var input = new JsonObject { ["ResourceArn"] = "arn:aws:sagemaker:us-east-1:000000000000:training-job/" + job };
        if (tags is not null)
        {
            input["Tags"] = Tags(tags);
        }

        return input.ToJsonString();
    }

    private static string Untagged(string job, params string[] keys)
    {
        var input = JsonNode.Parse(Tagged(job))!;
        input["TagKeys"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]);
        return input.ToJsonString();
    }

    // Outside of the test's synchronization context, so what waits for virtual time continues within its advance.
    private static Task CreateAsync(SageMakerService service, JsonObject request) => Task.Run(() => service.CallAsync("CreateTrainingJob", request.ToJsonString()));

    private static IEnumerable<string> Names(JsonObject page) => page["TrainingJobSummaries"]!.AsArray().Select(summary => (string)summary!["TrainingJobName"]!);

    /// <summary>What terraform has created.</summary>
    private static TestAccount Account() => new(
        TestAccount.Resource("aws_subnet", "subnet-1", "vpc_id", "vpc-1"),
        TestAccount.Resource("aws_security_group", "sg-1", "vpc_id", "vpc-1"),
        TestAccount.Resource("aws_security_group", "sg-other-vpc", "vpc_id", "vpc-2"),
        TestAccount.Resource("aws_vpc", "vpc-1", "default_security_group_id", "sg-of-vpc-1"),
        TestAccount.Resource("aws_vpc", "vpc-2", "default_security_group_id", "sg-of-vpc-2"),
        new("aws_subnet", "subnet-far", new() { ["region"] = "eu-west-1", ["vpc_id"] = "vpc-1" }))
    {
        Keys = [Key, "alias/team"],
    };
}
