using Amazon.Bundled;
using Amazon.Runtime;

namespace Amazon.CloudWatchLogs.Model;

public interface ICloudWatchLogsPaginatorFactory
{
    IDescribeLogGroupsPaginator DescribeLogGroups(DescribeLogGroupsRequest request);

    IDescribeLogStreamsPaginator DescribeLogStreams(DescribeLogStreamsRequest request);

    IFilterLogEventsPaginator FilterLogEvents(FilterLogEventsRequest request);
}

internal sealed class CloudWatchLogsPaginatorFactory : ICloudWatchLogsPaginatorFactory
{
    private readonly IAmazonCloudWatchLogs _client;

    internal CloudWatchLogsPaginatorFactory(IAmazonCloudWatchLogs client) => _client = client;

    public IDescribeLogGroupsPaginator DescribeLogGroups(DescribeLogGroupsRequest request) =>
        new DescribeLogGroupsPaginator(_client, request);

    public IDescribeLogStreamsPaginator DescribeLogStreams(DescribeLogStreamsRequest request) =>
        new DescribeLogStreamsPaginator(_client, request);

    public IFilterLogEventsPaginator FilterLogEvents(FilterLogEventsRequest request) =>
        new FilterLogEventsPaginator(_client, request);
}

public interface IDescribeLogGroupsPaginator
{
    IPaginatedEnumerable<DescribeLogGroupsResponse> Responses { get; }

    IPaginatedEnumerable<LogGroup> LogGroups { get; }
}

internal sealed class DescribeLogGroupsPaginator(IAmazonCloudWatchLogs client, DescribeLogGroupsRequest request)
    : IDescribeLogGroupsPaginator
{
    private readonly TokenPaginator<DescribeLogGroupsRequest, DescribeLogGroupsResponse> _pages =
        new(request, client.DescribeLogGroupsAsync, page => page.NextToken, (next, token) => next.NextToken = token);

    public IPaginatedEnumerable<DescribeLogGroupsResponse> Responses =>
        new PaginatedResponse<DescribeLogGroupsResponse>(_pages);

    public IPaginatedEnumerable<LogGroup> LogGroups =>
        new PaginatedResultKeyResponse<DescribeLogGroupsResponse, LogGroup>(_pages, page => page.LogGroups ?? []);
}

public interface IDescribeLogStreamsPaginator
{
    IPaginatedEnumerable<DescribeLogStreamsResponse> Responses { get; }

    IPaginatedEnumerable<LogStream> LogStreams { get; }
}

internal sealed class DescribeLogStreamsPaginator(IAmazonCloudWatchLogs client, DescribeLogStreamsRequest request)
    : IDescribeLogStreamsPaginator
{
    private readonly TokenPaginator<DescribeLogStreamsRequest, DescribeLogStreamsResponse> _pages =
        new(request, client.DescribeLogStreamsAsync, page => page.NextToken, (next, token) => next.NextToken = token);

    public IPaginatedEnumerable<DescribeLogStreamsResponse> Responses =>
        new PaginatedResponse<DescribeLogStreamsResponse>(_pages);

    public IPaginatedEnumerable<LogStream> LogStreams =>
        new PaginatedResultKeyResponse<DescribeLogStreamsResponse, LogStream>(_pages, page => page.LogStreams ?? []);
}

public interface IFilterLogEventsPaginator
{
    IPaginatedEnumerable<FilterLogEventsResponse> Responses { get; }

    IPaginatedEnumerable<FilteredLogEvent> Events { get; }
}

internal sealed class FilterLogEventsPaginator(IAmazonCloudWatchLogs client, FilterLogEventsRequest request)
    : IFilterLogEventsPaginator
{
    private readonly TokenPaginator<FilterLogEventsRequest, FilterLogEventsResponse> _pages =
        new(request, client.FilterLogEventsAsync, page => page.NextToken, (next, token) => next.NextToken = token);

    public IPaginatedEnumerable<FilterLogEventsResponse> Responses =>
        new PaginatedResponse<FilterLogEventsResponse>(_pages);

    public IPaginatedEnumerable<FilteredLogEvent> Events =>
        new PaginatedResultKeyResponse<FilterLogEventsResponse, FilteredLogEvent>(_pages, page => page.Events ?? []);
}
