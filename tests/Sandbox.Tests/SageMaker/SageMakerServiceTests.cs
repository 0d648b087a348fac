using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.SageMaker;
using BuildPipeline.Sandbox.Tests.Models;

namespace BuildPipeline.Sandbox.Tests.SageMaker;

/// <summary>The service's answers, without a server.</summary>
public sealed class SageMakerServiceTests : IAsyncDisposable
{
    private const string Account = "000000000000";

    private readonly JobHarness _harness = new();
    private readonly SageMakerService _service;

    public SageMakerServiceTests() => _service = _harness.Service();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Given_two_regions_When_each_has_a_job_of_the_same_name_Then_neither_sees_the_others()
    {
        var first = await CallAsync("CreateTrainingJob", JobHarness.Request());
        var second = await CallAsync("CreateTrainingJob", JobHarness.Request(), "eu-west-1");
        await CallAsync("StopTrainingJob", Named("job"), "eu-west-1");
        await _harness.UntilAsync(_ => _harness.Platform.Stores.Jobs.Find(Arn(second))!.IsOver);

        Assert.Equal($"arn:aws:sagemaker:eu-west-1:{Account}:training-job/job", Arn(second));
        Assert.Equal("InProgress", (await CallAsync("DescribeTrainingJob", Named("job")))["TrainingJobStatus"]!.GetValue<string>());
        var listed = (await CallAsync("ListTrainingJobs", [], "eu-west-1"))["TrainingJobSummaries"]!.AsArray();
        Assert.Equal(Arn(second), Assert.Single(listed)!["TrainingJobArn"]!.GetValue<string>());
        Assert.Equal("ValidationException", await RefusedAsync("ListTags", new JsonObject { ["ResourceArn"] = Arn(first) }, "eu-west-1"));
        Assert.Equal("ValidationException", await RefusedAsync("DescribeTrainingJob", Named("job"), "eu-west-2"));
        await CallAsync("DeleteTrainingJob", Named("job"), "eu-west-1");
        Assert.Equal("ResourceInUse", await RefusedAsync("CreateTrainingJob", JobHarness.Request(), "us-east-1"));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("us-east-1 ")]
    [InlineData("")]
    public async Task Given_no_region_of_AWS_When_called_Then_the_credential_is_refused(string region) =>
        Assert.Equal("InvalidSignatureException", await RefusedAsync("ListTrainingJobs", [], region));

    [Theory]
    [InlineData("""[{"Key":"aws:owner","Value":"1"}]""", "ValidationException")]
    [InlineData("""[{"Key":"AWS:owner","Value":"1"}]""", "ValidationException")]
    [InlineData("""[{"Key":"team","Value":"1"},{"Key":"team","Value":"2"}]""", "ValidationException")]
    [InlineData("""[{"Key":"team","Value":"1"},{"Key":"Team","Value":"2"}]""", null)]
    [InlineData("""[{"Key":"myaws:owner","Value":""}]""", null)]
    public async Task Given_tags_When_a_job_is_created_or_tagged_Then_reserved_and_repeated_keys_are_refused(string tags, string? code)
    {
        var arn = Arn(await CallAsync("CreateTrainingJob", JobHarness.Request()));
        var (tagged, added) = (JobHarness.Request("tagged"), new JsonObject { ["ResourceArn"] = arn, ["Tags"] = JsonNode.Parse(tags) });
        tagged["Tags"] = JsonNode.Parse(tags);

        Assert.Equal(code, await RefusedAsync("CreateTrainingJob", tagged));
        Assert.Equal(code, await RefusedAsync("AddTags", added));
    }

    [Fact]
    public async Task Given_50_tags_When_one_more_is_added_Then_it_is_refused_and_a_known_key_is_not()
    {
        var request = JobHarness.Request();
        request["Tags"] = new JsonArray([.. Enumerable.Range(0, 50).Select(i => new JsonObject { ["Key"] = $"key-{i}", ["Value"] = "" })]);
        var arn = Arn(await CallAsync("CreateTrainingJob", request));
        JsonObject Tag(string key) => new() { ["ResourceArn"] = arn, ["Tags"] = new JsonArray(new JsonObject { ["Key"] = key, ["Value"] = "new" }) };

        Assert.Equal("ValidationException", await RefusedAsync("AddTags", Tag("one-more")));
        Assert.Equal(50, (await CallAsync("AddTags", Tag("key-7")))["Tags"]!.AsArray().Count);
        Assert.Equal("ValidationException", await RefusedAsync("ListTags", new JsonObject { ["ResourceArn"] = arn, ["NextToken"] = "1" }));
    }

    [Fact]
    public async Task Given_a_job_with_a_retry_strategy_and_an_infrastructure_check_When_described_Then_both_are_echoed()
    {
        var request = JobHarness.Request();
        (request["RetryStrategy"], request["InfraCheckConfig"]) =
            (new JsonObject { ["MaximumRetryAttempts"] = 30 }, new JsonObject { ["EnableInfraCheck"] = true });
        await CallAsync("CreateTrainingJob", request);

        var described = await CallAsync("DescribeTrainingJob", Named("job"));

        Assert.Equal("""{"MaximumRetryAttempts":30}""", described["RetryStrategy"]!.ToJsonString());
        Assert.Equal("""{"EnableInfraCheck":true}""", described["InfraCheckConfig"]!.ToJsonString());
    }

    private static string Arn(JsonObject created) => created["TrainingJobArn"]!.GetValue<string>();

    private static JsonObject Named(string job) => new() { ["TrainingJobName"] = job };

    private async Task<string?> RefusedAsync(string operation, JsonObject input, string region = "us-east-1")
    {
        try
        {
            await CallAsync(operation, input, region);
            return null;
        }
        catch (AwsError error)
        {
            return error.Code;
        }
    }

    private Task<JsonObject> CallAsync(string operation, JsonObject input, string region = "us-east-1") =>
        Task.Run(() => _service.CallAsync(operation, input.ToJsonString(), region));
}
