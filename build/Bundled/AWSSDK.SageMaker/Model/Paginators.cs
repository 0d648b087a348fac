using Amazon.Bundled;
using Amazon.Runtime;

namespace Amazon.SageMaker.Model;

public interface ISageMakerPaginatorFactory
{
    IListTagsPaginator ListTags(ListTagsRequest request);

    IListTrainingJobsPaginator ListTrainingJobs(ListTrainingJobsRequest request);
}

internal sealed class SageMakerPaginatorFactory : ISageMakerPaginatorFactory
{
    private readonly IAmazonSageMaker _client;

    internal SageMakerPaginatorFactory(IAmazonSageMaker client) => _client = client;

    public IListTagsPaginator ListTags(ListTagsRequest request) =>
        new ListTagsPaginator(_client, request);

    public IListTrainingJobsPaginator ListTrainingJobs(ListTrainingJobsRequest request) =>
        new ListTrainingJobsPaginator(_client, request);
}

public interface IListTagsPaginator
{
    IPaginatedEnumerable<ListTagsResponse> Responses { get; }

    IPaginatedEnumerable<Tag> Tags { get; }
}

internal sealed class ListTagsPaginator(IAmazonSageMaker client, ListTagsRequest request)
    : IListTagsPaginator
{
    private readonly TokenPaginator<ListTagsRequest, ListTagsResponse> _pages =
        new(request, client.ListTagsAsync, page => page.NextToken, (next, token) => next.NextToken = token);

    public IPaginatedEnumerable<ListTagsResponse> Responses =>
        new PaginatedResponse<ListTagsResponse>(_pages);

    public IPaginatedEnumerable<Tag> Tags =>
        new PaginatedResultKeyResponse<ListTagsResponse, Tag>(_pages, page => page.Tags ?? []);
}

public interface IListTrainingJobsPaginator
{
    IPaginatedEnumerable<ListTrainingJobsResponse> Responses { get; }

    IPaginatedEnumerable<TrainingJobSummary> TrainingJobSummaries { get; }
}

internal sealed class ListTrainingJobsPaginator(IAmazonSageMaker client, ListTrainingJobsRequest request)
    : IListTrainingJobsPaginator
{
    private readonly TokenPaginator<ListTrainingJobsRequest, ListTrainingJobsResponse> _pages =
        new(request, client.ListTrainingJobsAsync, page => page.NextToken, (next, token) => next.NextToken = token);

    public IPaginatedEnumerable<ListTrainingJobsResponse> Responses =>
        new PaginatedResponse<ListTrainingJobsResponse>(_pages);

    public IPaginatedEnumerable<TrainingJobSummary> TrainingJobSummaries =>
        new PaginatedResultKeyResponse<ListTrainingJobsResponse, TrainingJobSummary>(_pages, page => page.TrainingJobSummaries ?? []);
}
