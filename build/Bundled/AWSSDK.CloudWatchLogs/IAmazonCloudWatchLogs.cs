using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.CloudWatchLogs.Model;

namespace Amazon.CloudWatchLogs;

public interface IAmazonCloudWatchLogs : IAmazonService, IDisposable
{
    Task<DescribeLogStreamsResponse> DescribeLogStreamsAsync(
        DescribeLogStreamsRequest request, CancellationToken cancellationToken = default);

    Task<FilterLogEventsResponse> FilterLogEventsAsync(
        FilterLogEventsRequest request, CancellationToken cancellationToken = default);

    Task<GetLogEventsResponse> GetLogEventsAsync(
        GetLogEventsRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonCloudWatchLogsConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        new AmazonCloudWatchLogsClient(awsCredentials, (clientConfig as AmazonCloudWatchLogsConfig) ?? throw new AmazonClientException(
            "AmazonCloudWatchLogsClient takes an AmazonCloudWatchLogsConfig."));
}
