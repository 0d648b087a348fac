using Amazon.Bundled;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.SageMaker.Model;

namespace Amazon.SageMaker;

public class AmazonSageMakerClient : AmazonServiceClient, IAmazonSageMaker
{
    public AmazonSageMakerClient()
        : this(new AmazonSageMakerConfig())
    {
    }

    public AmazonSageMakerClient(RegionEndpoint region)
        : this(new AmazonSageMakerConfig { RegionEndpoint = region })
    {
    }

    public AmazonSageMakerClient(AmazonSageMakerConfig config)
        : base(config) => Paginators = new SageMakerPaginatorFactory(this);

    public AmazonSageMakerClient(AWSCredentials credentials)
        : this(credentials, new AmazonSageMakerConfig())
    {
    }

    public AmazonSageMakerClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonSageMakerConfig { RegionEndpoint = region })
    {
    }

    public AmazonSageMakerClient(AWSCredentials credentials, AmazonSageMakerConfig clientConfig)
        : base(credentials, clientConfig) => Paginators = new SageMakerPaginatorFactory(this);

    public AmazonSageMakerClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonSageMakerConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig)
    {
    }

    public AmazonSageMakerClient(
        string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonSageMakerConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig)
    {
    }

    public ISageMakerPaginatorFactory Paginators { get; }

    public virtual Task<CreateTrainingJobResponse> CreateTrainingJobAsync(
        CreateTrainingJobRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<CreateTrainingJobResponse>("CreateTrainingJob", request, cancellationToken);

    public virtual Task<DescribeTrainingJobResponse> DescribeTrainingJobAsync(
        DescribeTrainingJobRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<DescribeTrainingJobResponse>("DescribeTrainingJob", request, cancellationToken);

    public virtual Task<ListTagsResponse> ListTagsAsync(
        ListTagsRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<ListTagsResponse>("ListTags", request, cancellationToken);

    public virtual Task<ListTrainingJobsResponse> ListTrainingJobsAsync(
        ListTrainingJobsRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<ListTrainingJobsResponse>("ListTrainingJobs", request, cancellationToken);

    public virtual Task<StopTrainingJobResponse> StopTrainingJobAsync(
        StopTrainingJobRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<StopTrainingJobResponse>("StopTrainingJob", request, cancellationToken);

    public Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request) =>
        Config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request));

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline) =>
        JsonService.CustomizePipeline(pipeline);

    private Task<TResponse> SendAsync<TResponse>(
        string operation, AmazonSageMakerRequest request, CancellationToken cancellationToken)
        where TResponse : AmazonWebServiceResponse, new() =>
        InvokeAsync<TResponse>(request, AmazonSageMakerConfig.Service.Operation<TResponse>(operation), cancellationToken);
}
