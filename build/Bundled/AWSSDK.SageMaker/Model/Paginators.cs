using Amazon.Bundled;
using Amazon.Runtime;

namespace Amazon.SageMaker.Model;

public interface ISageMakerPaginatorFactory
{
    IListTrainingJobsPaginator ListTrainingJobs(ListTrainingJobsRequest request);
}

internal sealed class SageMakerPaginatorFactory : ISageMakerPaginatorFactory
{
    private readonly IAmazonSageMaker _client;

    internal SageMakerPaginatorFactory(IAmazonSageMaker client) => _client = client;

    public IListTrainingJobsPaginator ListTrainingJobs(ListTrainingJobsRequest request) =>
        new ListTrainingJobsPaginator(_client, request);
}

public interface IListTrainingJobsPaginator
{
    IPaginatedEnumerable<TrainingJobSummary> TrainingJobSummaries { get; }
}

internal sealed class ListTrainingJobsPaginator(IAmazonSageMaker client, ListTrainingJobsRequest request)
    : IListTrainingJobsPaginator
{
    private readonly TokenPaginator<ListTrainingJobsRequest, ListTrainingJobsResponse> _pages =
        new(request, client.ListTrainingJobsAsync, page => page.NextToken, (next, token) => next.NextToken = token);

    public IPaginatedEnumerable<TrainingJobSummary> TrainingJobSummaries =>
        new PaginatedResultKeyResponse<ListTrainingJobsResponse, TrainingJobSummary>(_pages, page => page.TrainingJobSummaries ?? []);
}
