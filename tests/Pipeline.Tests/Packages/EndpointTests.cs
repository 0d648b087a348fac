using Amazon;
using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.IdentityManagement;
using Amazon.Runtime;
using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using Amazon.ServiceQuotas;
using BuildPipeline.Pipeline.Tests.Aws;

namespace BuildPipeline.Pipeline.Tests.Packages;

/// <summary>Tests that change the process's environment, so nothing else may run beside them.</summary>
[CollectionDefinition(nameof(EnvironmentVariables), DisableParallelization = true)]
public static class EnvironmentVariables;

[Collection(nameof(EnvironmentVariables))]
public sealed class EndpointTests : IDisposable
{
    private readonly Dictionary<string, string?> _before = [];

    [Fact]
    public async Task Given_OneEndpointForAll_When_Called_Then_ItIsUsedAndSignedForTheRegion()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, "{}"));
        Set("AWS_ENDPOINT_URL", endpoint.Url);
        Set("AWS_REGION", "ap-southeast-2");
        Set("AWS_ACCESS_KEY_ID", "sandbox");
        Set("AWS_SECRET_ACCESS_KEY", "sandbox");
        using var client = new AmazonSageMakerClient();

        await client.DescribeTrainingJobAsync(new DescribeTrainingJobRequest { TrainingJobName = "job" });

        Assert.Equal("ap-southeast-2/sagemaker/aws4_request", endpoint.Only.Scope);
        Assert.Contains("Credential=sandbox/", endpoint.Only.Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_EndpointOfOneService_When_Called_Then_ItWinsOverTheCommonOne()
    {
        using var endpoint = new FakeAwsEndpoint(new Answer(200, "{}"));
        Set("AWS_ENDPOINT_URL", "http://127.0.0.1:1/");
        Set("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", endpoint.Url);
        using var client = new AmazonCloudWatchLogsClient(FakeClients.Credentials, RegionEndpoint.EUCentral1);

        await client.DescribeLogStreamsAsync(new DescribeLogStreamsRequest());

        Assert.Equal("eu-central-1/logs/aws4_request", endpoint.Only.Scope);
    }

    [SkippableTheory]
    [InlineData("us-east-1", false, false, "https://api.sagemaker.us-east-1.amazonaws.com/")]
    [InlineData("cn-north-1", false, false, "https://api.sagemaker.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-west-2", true, false, "https://api-fips.sagemaker.us-west-2.amazonaws.com/")]
    [InlineData("eu-west-1", false, true, "https://api.sagemaker.eu-west-1.api.aws/")]
    public void Given_Region_When_NoEndpointIsConfigured_Then_TheServicesHostIsUsed(string region, bool fips, bool dualStack, string url)
    {
        Skip.If(PackageSource.IsPublished && fips, "The published endpoint rules are AWS's own.");
        var config = new AmazonSageMakerConfig
        {
            RegionEndpoint = RegionEndpoint.GetBySystemName(region), UseFIPSEndpoint = fips, UseDualstackEndpoint = dualStack,
        };
        using var client = new AmazonSageMakerClient(FakeClients.Credentials, config);

        Assert.Equal(url, Host(client.DetermineServiceOperationEndpoint(new DescribeTrainingJobRequest()).URL));
    }

    [Fact]
    public void Given_TheOtherServices_When_NoEndpointIsConfigured_Then_EachHasItsHost()
    {
        using var metrics = new AmazonCloudWatchClient(FakeClients.Credentials, RegionEndpoint.USEast1);
        using var logs = new AmazonCloudWatchLogsClient(FakeClients.Credentials, RegionEndpoint.USEast1);
        using var quotas = new AmazonServiceQuotasClient(FakeClients.Credentials, RegionEndpoint.USEast1);

        Assert.Equal(
            [
                "https://monitoring.us-east-1.amazonaws.com/",
                "https://logs.us-east-1.amazonaws.com/",
                "https://servicequotas.us-east-1.amazonaws.com/",
            ],
            [
                Host(metrics.DetermineServiceOperationEndpoint(new Amazon.CloudWatch.Model.GetMetricDataRequest()).URL),
                Host(logs.DetermineServiceOperationEndpoint(new GetLogEventsRequest()).URL),
                Host(quotas.DetermineServiceOperationEndpoint(new Amazon.ServiceQuotas.Model.ListServiceQuotasRequest()).URL),
            ]);
    }

    [Theory]
    [InlineData("eu-west-1", "https://iam.amazonaws.com/")]
    [InlineData("cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-gov-east-1", "https://iam.us-gov.amazonaws.com/")]
    public void Given_Iam_When_NoEndpointIsConfigured_Then_ItsPartitionsHostIsUsed(string region, string url)
    {
        using var client = new AmazonIdentityManagementServiceClient(FakeClients.Credentials, RegionEndpoint.GetBySystemName(region));

        Assert.Equal(url, Host(client.DetermineServiceOperationEndpoint(new Amazon.IdentityManagement.Model.AttachRolePolicyRequest()).URL));
    }

    [Fact]
    public void Given_MaxAttemptsAndMode_When_Configured_Then_TheStandardRetriesAreTheDefault()
    {
        var config = new AmazonSageMakerConfig();

        Assert.Equal(RequestRetryMode.Standard, config.RetryMode);
        Assert.Equal(2, config.MaxErrorRetry);
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    private static string Host(string url) => new Uri(url).AbsoluteUri;

    private void Set(string name, string value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }
}
