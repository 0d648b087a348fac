using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.CloudWatch.Model;

namespace Amazon.CloudWatch;

public interface IAmazonCloudWatch : IAmazonService, IDisposable
{
    Task<DeleteAlarmsResponse> DeleteAlarmsAsync(
        DeleteAlarmsRequest request, CancellationToken cancellationToken = default);

    Task<DescribeAlarmsResponse> DescribeAlarmsAsync(
        DescribeAlarmsRequest request, CancellationToken cancellationToken = default);

    Task<GetMetricDataResponse> GetMetricDataAsync(
        GetMetricDataRequest request, CancellationToken cancellationToken = default);

    Task<PutMetricAlarmResponse> PutMetricAlarmAsync(
        PutMetricAlarmRequest request, CancellationToken cancellationToken = default);

    Task<PutMetricDataResponse> PutMetricDataAsync(
        PutMetricDataRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonCloudWatchConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        new AmazonCloudWatchClient(awsCredentials, (clientConfig as AmazonCloudWatchConfig) ?? throw new AmazonClientException(
            "AmazonCloudWatchClient takes an AmazonCloudWatchConfig."));
}
