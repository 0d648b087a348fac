using Amazon.Bundled;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.CloudWatchLogs.Model;

namespace Amazon.CloudWatchLogs;

public class AmazonCloudWatchLogsClient : AmazonServiceClient, IAmazonCloudWatchLogs
{
    public AmazonCloudWatchLogsClient()
        : this(new AmazonCloudWatchLogsConfig())
    {
    }

    public AmazonCloudWatchLogsClient(RegionEndpoint region)
        : this(new AmazonCloudWatchLogsConfig { RegionEndpoint = region })
    {
    }

    public AmazonCloudWatchLogsClient(AmazonCloudWatchLogsConfig config)
        : base(config)
    {
    }

    public AmazonCloudWatchLogsClient(AWSCredentials credentials)
        : this(credentials, new AmazonCloudWatchLogsConfig())
    {
    }

    public AmazonCloudWatchLogsClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonCloudWatchLogsConfig { RegionEndpoint = region })
    {
    }

    public AmazonCloudWatchLogsClient(AWSCredentials credentials, AmazonCloudWatchLogsConfig clientConfig)
        : base(credentials, clientConfig)
    {
    }

    public AmazonCloudWatchLogsClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonCloudWatchLogsConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig)
    {
    }

    public AmazonCloudWatchLogsClient(
        string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonCloudWatchLogsConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig)
    {
    }

    public virtual Task<DescribeLogStreamsResponse> DescribeLogStreamsAsync(
        DescribeLogStreamsRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<DescribeLogStreamsResponse>("DescribeLogStreams", request, cancellationToken);

    public virtual Task<FilterLogEventsResponse> FilterLogEventsAsync(
        FilterLogEventsRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<FilterLogEventsResponse>("FilterLogEvents", request, cancellationToken);

    public virtual Task<GetLogEventsResponse> GetLogEventsAsync(
        GetLogEventsRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<GetLogEventsResponse>("GetLogEvents", request, cancellationToken);

    public Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request) =>
        Config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request));

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline) =>
        JsonService.CustomizePipeline(pipeline);

    private Task<TResponse> SendAsync<TResponse>(
        string operation, AmazonCloudWatchLogsRequest request, CancellationToken cancellationToken)
        where TResponse : AmazonWebServiceResponse, new() =>
        InvokeAsync<TResponse>(request, AmazonCloudWatchLogsConfig.Service.Operation<TResponse>(operation), cancellationToken);
}
