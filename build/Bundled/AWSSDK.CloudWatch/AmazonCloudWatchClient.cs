using Amazon.Bundled;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.CloudWatch.Model;

namespace Amazon.CloudWatch;

public class AmazonCloudWatchClient : AmazonServiceClient, IAmazonCloudWatch
{
    public AmazonCloudWatchClient()
        : this(new AmazonCloudWatchConfig())
    {
    }

    public AmazonCloudWatchClient(RegionEndpoint region)
        : this(new AmazonCloudWatchConfig { RegionEndpoint = region })
    {
    }

    public AmazonCloudWatchClient(AmazonCloudWatchConfig config)
        : base(config)
    {
    }

    public AmazonCloudWatchClient(AWSCredentials credentials)
        : this(credentials, new AmazonCloudWatchConfig())
    {
    }

    public AmazonCloudWatchClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonCloudWatchConfig { RegionEndpoint = region })
    {
    }

    public AmazonCloudWatchClient(AWSCredentials credentials, AmazonCloudWatchConfig clientConfig)
        : base(credentials, clientConfig)
    {
    }

    public AmazonCloudWatchClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonCloudWatchConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig)
    {
    }

    public AmazonCloudWatchClient(
        string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonCloudWatchConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig)
    {
    }

    public virtual Task<DeleteAlarmsResponse> DeleteAlarmsAsync(
        DeleteAlarmsRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<DeleteAlarmsResponse>("DeleteAlarms", request, cancellationToken);

    public virtual Task<DescribeAlarmsResponse> DescribeAlarmsAsync(
        DescribeAlarmsRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<DescribeAlarmsResponse>("DescribeAlarms", request, cancellationToken);

    public virtual Task<GetMetricDataResponse> GetMetricDataAsync(
        GetMetricDataRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<GetMetricDataResponse>("GetMetricData", request, cancellationToken);

    public virtual Task<PutMetricAlarmResponse> PutMetricAlarmAsync(
        PutMetricAlarmRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<PutMetricAlarmResponse>("PutMetricAlarm", request, cancellationToken);

    public virtual Task<PutMetricDataResponse> PutMetricDataAsync(
        PutMetricDataRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<PutMetricDataResponse>("PutMetricData", request, cancellationToken);

    public Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request) =>
        Config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request));

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline) =>
        JsonService.CustomizePipeline(pipeline);

    private Task<TResponse> SendAsync<TResponse>(
        string operation, AmazonCloudWatchRequest request, CancellationToken cancellationToken)
        where TResponse : AmazonWebServiceResponse, new() =>
        InvokeAsync<TResponse>(request, AmazonCloudWatchConfig.Service.Operation<TResponse>(operation), cancellationToken);
}
