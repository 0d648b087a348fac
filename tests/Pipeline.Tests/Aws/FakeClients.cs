using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.IdentityManagement;
using Amazon.Runtime;
using Amazon.SageMaker;
using Amazon.ServiceQuotas;

namespace BuildPipeline.Pipeline.Tests.Aws;

/// <summary>Clients of an endpoint on loopback, signing for eu-west-1.</summary>
internal static class FakeClients
{
    public static readonly BasicAWSCredentials Credentials = new("sandbox", "sandbox");

    public static AmazonSageMakerClient SageMaker(FakeAwsEndpoint endpoint) => new(Credentials, At<AmazonSageMakerConfig>(endpoint));

    public static AmazonCloudWatchClient CloudWatch(FakeAwsEndpoint endpoint) => new(Credentials, At<AmazonCloudWatchConfig>(endpoint));

    public static AmazonCloudWatchLogsClient Logs(FakeAwsEndpoint endpoint) => new(Credentials, At<AmazonCloudWatchLogsConfig>(endpoint));

    public static AmazonServiceQuotasClient Quotas(FakeAwsEndpoint endpoint) => new(Credentials, At<AmazonServiceQuotasConfig>(endpoint));

    public static AmazonIdentityManagementServiceClient Iam(FakeAwsEndpoint endpoint) => new(Credentials, At<AmazonIdentityManagementServiceConfig>(endpoint));

    private static T At<T>(FakeAwsEndpoint endpoint)
        where T : ClientConfig, new() =>
        new() { ServiceURL = endpoint.Url, AuthenticationRegion = "eu-west-1" };
}
