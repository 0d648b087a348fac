using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.SageMaker.Model;

namespace Amazon.SageMaker;

public interface IAmazonSageMaker : IAmazonService, IDisposable
{
    ISageMakerPaginatorFactory Paginators { get; }

    Task<CreateTrainingJobResponse> CreateTrainingJobAsync(
        CreateTrainingJobRequest request, CancellationToken cancellationToken = default);

    Task<DescribeTrainingJobResponse> DescribeTrainingJobAsync(
        DescribeTrainingJobRequest request, CancellationToken cancellationToken = default);

    Task<ListTagsResponse> ListTagsAsync(
        ListTagsRequest request, CancellationToken cancellationToken = default);

    Task<ListTrainingJobsResponse> ListTrainingJobsAsync(
        ListTrainingJobsRequest request, CancellationToken cancellationToken = default);

    Task<StopTrainingJobResponse> StopTrainingJobAsync(
        StopTrainingJobRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonSageMakerConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        new AmazonSageMakerClient(awsCredentials, (clientConfig as AmazonSageMakerConfig) ?? throw new AmazonClientException(
            "AmazonSageMakerClient takes an AmazonSageMakerConfig."));
}
