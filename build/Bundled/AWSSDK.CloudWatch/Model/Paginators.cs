using Amazon.Bundled;
using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

public interface ICloudWatchPaginatorFactory
{
    IGetMetricDataPaginator GetMetricData(GetMetricDataRequest request);
}

internal sealed class CloudWatchPaginatorFactory : ICloudWatchPaginatorFactory
{
    private readonly IAmazonCloudWatch _client;

    internal CloudWatchPaginatorFactory(IAmazonCloudWatch client) => _client = client;

    public IGetMetricDataPaginator GetMetricData(GetMetricDataRequest request) =>
        new GetMetricDataPaginator(_client, request);
}

public interface IGetMetricDataPaginator
{
    IPaginatedEnumerable<GetMetricDataResponse> Responses { get; }

    IPaginatedEnumerable<MetricDataResult> MetricDataResults { get; }

    IPaginatedEnumerable<MessageData> Messages { get; }
}

internal sealed class GetMetricDataPaginator(IAmazonCloudWatch client, GetMetricDataRequest request)
    : IGetMetricDataPaginator
{
    private readonly TokenPaginator<GetMetricDataRequest, GetMetricDataResponse> _pages =
        new(request, client.GetMetricDataAsync, page => page.NextToken, (next, token) => next.NextToken = token);

    public IPaginatedEnumerable<GetMetricDataResponse> Responses =>
        new PaginatedResponse<GetMetricDataResponse>(_pages);

    public IPaginatedEnumerable<MetricDataResult> MetricDataResults =>
        new PaginatedResultKeyResponse<GetMetricDataResponse, MetricDataResult>(_pages, page => page.MetricDataResults ?? []);

    public IPaginatedEnumerable<MessageData> Messages =>
        new PaginatedResultKeyResponse<GetMetricDataResponse, MessageData>(_pages, page => page.Messages ?? []);
}
