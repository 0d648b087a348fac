using System.Net;
using Amazon.CloudWatch;
using Amazon.Runtime;
using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using BuildPipeline.Pipeline.Tests.Aws;
using GetMetricDataRequest = Amazon.CloudWatch.Model.GetMetricDataRequest;
using LogsNotFound = Amazon.CloudWatchLogs.Model.ResourceNotFoundException;
using NoSuchQuota = Amazon.ServiceQuotas.Model.NoSuchResourceException;

namespace BuildPipeline.Pipeline.Tests.Packages;

public class ServiceErrorTests
{
    private static readonly Answer Throttled = new(400, """{"__type":"ThrottlingException","Message":"Rate exceeded"}""");

    [Theory]
    [InlineData("""{"__type":"ResourceInUse","Message":"taken"}""")]
    [InlineData("""{"__type":"com.amazon.sagemaker#ResourceInUse","message":"taken"}""")]
    public async Task Given_NameTaken_When_Created_Then_ResourceInUseExceptionTellsCodeStatusRequestAndMessage(string body)
    {
        var error = await Fails<ResourceInUseException>(new Answer(400, body));

        Assert.Equal("ResourceInUse", error.ErrorCode);
        Assert.Equal(HttpStatusCode.BadRequest, error.StatusCode);
        Assert.Equal("request-1", error.RequestId);
        Assert.Equal("taken", error.Message);
    }

    [Fact]
    public async Task Given_CodeInHeader_When_Failed_Then_TheHeaderDecides()
    {
        var answer = new Answer(400, """{"Message":"gone"}""", ("x-amzn-ErrorType", "ResourceNotFound:http://internal/"));

        Assert.Equal("gone", (await Fails<ResourceNotFoundException>(answer)).Message);
    }

    [Fact]
    public async Task Given_UnknownCode_When_Failed_Then_TheServicesOwnExceptionCarriesIt()
    {
        var answer = new Answer(400, """{"__type":"ValidationException","message":"Requested resource not found."}""");

        var error = await Fails<AmazonSageMakerException>(answer);

        Assert.Equal(typeof(AmazonSageMakerException), error.GetType());
        Assert.Equal("ValidationException", error.ErrorCode);
        Assert.Equal("Requested resource not found.", error.Message);
    }

    [Fact]
    public async Task Given_AnswerThatIsNotJson_When_Failed_Then_TheStatusIsStillKnown()
    {
        var error = await Fails<AmazonSageMakerException>(new Answer(403, "<html>proxy</html>"));

        Assert.Equal(HttpStatusCode.Forbidden, error.StatusCode);
    }

    [Fact]
    public async Task Given_BrokenJson_When_Succeeded_Then_TheErrorSaysThatItCouldNotBeRead()
    {
        var error = await Fails<AmazonUnmarshallingException>(new Answer(200, """{"TrainingJobArn":"""));

        Assert.StartsWith("request-", error.RequestId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_Throttled_When_Created_Then_TheCallIsRetried()
    {
        using var endpoint = new FakeAwsEndpoint(Throttled, Throttled, new Answer(200, """{"TrainingJobArn":"arn:job"}"""));
        using var client = FakeClients.SageMaker(endpoint);

        Assert.Equal("arn:job", (await client.CreateTrainingJobAsync(new CreateTrainingJobRequest())).TrainingJobArn);
        Assert.Equal(3, endpoint.Requests.Count);
    }

    [Fact]
    public async Task Given_ServerErrorThatStays_When_Created_Then_ThreeAttemptsAreMade()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(503, ""));
        using var client = FakeClients.SageMaker(endpoint);

        var error = await Assert.ThrowsAsync<AmazonSageMakerException>(
            () => client.CreateTrainingJobAsync(new CreateTrainingJobRequest()));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.StatusCode);
        Assert.Equal(3, endpoint.Requests.Count);
    }

    [Fact]
    public async Task Given_QuotaReached_When_Created_Then_ItIsReportedAtOnce()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(400, """{"__type":"ResourceLimitExceeded","Message":"8 Instances"}"""));
        using var client = FakeClients.SageMaker(endpoint);

        await Assert.ThrowsAsync<ResourceLimitExceededException>(() => client.CreateTrainingJobAsync(new CreateTrainingJobRequest()));

        Assert.Single(endpoint.Requests);
    }

    [SkippableFact]
    public async Task Given_QueryCompatibleCode_When_CloudWatchFails_Then_ItIsTheErrorCode()
    {
        Skip.If(PackageSource.IsPublished, "The published client of CloudWatch speaks another protocol.");
        var body = """{"__type":"com.amazonaws.cloudwatch#InvalidParameterValueException","message":"bad"}""";
        using var endpoint = new FakeAwsEndpoint(new Answer(400, body, ("x-amzn-query-error", "InvalidParameterValue;Sender")));
        using var client = FakeClients.CloudWatch(endpoint);

        var error = await Assert.ThrowsAsync<AmazonCloudWatchException>(() => client.GetMetricDataAsync(new GetMetricDataRequest()));

        Assert.Equal("InvalidParameterValue", error.ErrorCode);
    }

    [Fact]
    public async Task Given_CodesWithSuffix_When_LogsOrQuotasFail_Then_TheirExceptionsAreTyped()
    {
        using var endpoint = new FakeAwsEndpoint(
            new Answer(400, """{"__type":"ResourceNotFoundException","message":"no group"}"""),
            new Answer(400, """{"__type":"NoSuchResourceException","Message":"no quota"}"""));
        using var logs = FakeClients.Logs(endpoint);
        using var quotas = FakeClients.Quotas(endpoint);

        await Assert.ThrowsAsync<LogsNotFound>(() => logs.DescribeLogStreamsAsync(new() { LogGroupName = "g" }));
        await Assert.ThrowsAsync<NoSuchQuota>(() => quotas.ListServiceQuotasAsync(new() { ServiceCode = "none" }));
    }

    [Fact]
    public async Task Given_CancelledToken_When_Called_Then_NothingIsSent()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, "{}"));
        using var client = FakeClients.SageMaker(endpoint);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.CreateTrainingJobAsync(new CreateTrainingJobRequest(), new CancellationToken(canceled: true)));

        Assert.Empty(endpoint.Requests);
    }

    private static async Task<T> Fails<T>(Answer answer)
        where T : Exception
    {
        using var endpoint = new FakeAwsEndpoint(answer);
        using var client = FakeClients.SageMaker(endpoint);
        return await Assert.ThrowsAsync<T>(() => client.CreateTrainingJobAsync(new CreateTrainingJobRequest()));
    }
}
