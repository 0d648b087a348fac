using Amazon.Bundled;
using Amazon.Runtime;

namespace Amazon.ServiceQuotas.Model;

public interface IServiceQuotasPaginatorFactory
{
    IListAWSDefaultServiceQuotasPaginator ListAWSDefaultServiceQuotas(ListAWSDefaultServiceQuotasRequest request);

    IListServiceQuotasPaginator ListServiceQuotas(ListServiceQuotasRequest request);
}

internal sealed class ServiceQuotasPaginatorFactory : IServiceQuotasPaginatorFactory
{
    private readonly IAmazonServiceQuotas _client;

    internal ServiceQuotasPaginatorFactory(IAmazonServiceQuotas client) => _client = client;

    public IListAWSDefaultServiceQuotasPaginator ListAWSDefaultServiceQuotas(ListAWSDefaultServiceQuotasRequest request) =>
        new ListAWSDefaultServiceQuotasPaginator(_client, request);

    public IListServiceQuotasPaginator ListServiceQuotas(ListServiceQuotasRequest request) =>
        new ListServiceQuotasPaginator(_client, request);
}

public interface IListAWSDefaultServiceQuotasPaginator
{
    IPaginatedEnumerable<ListAWSDefaultServiceQuotasResponse> Responses { get; }

    IPaginatedEnumerable<ServiceQuota> Quotas { get; }
}

internal sealed class ListAWSDefaultServiceQuotasPaginator(IAmazonServiceQuotas client, ListAWSDefaultServiceQuotasRequest request)
    : IListAWSDefaultServiceQuotasPaginator
{
    private readonly TokenPaginator<ListAWSDefaultServiceQuotasRequest, ListAWSDefaultServiceQuotasResponse> _pages =
        new(request, client.ListAWSDefaultServiceQuotasAsync, page => page.NextToken, (next, token) => next.NextToken = token);

    public IPaginatedEnumerable<ListAWSDefaultServiceQuotasResponse> Responses =>
        new PaginatedResponse<ListAWSDefaultServiceQuotasResponse>(_pages);

    public IPaginatedEnumerable<ServiceQuota> Quotas =>
        new PaginatedResultKeyResponse<ListAWSDefaultServiceQuotasResponse, ServiceQuota>(_pages, page => page.Quotas ?? []);
}

public interface IListServiceQuotasPaginator
{
    IPaginatedEnumerable<ListServiceQuotasResponse> Responses { get; }

    IPaginatedEnumerable<ServiceQuota> Quotas { get; }
}

internal sealed class ListServiceQuotasPaginator(IAmazonServiceQuotas client, ListServiceQuotasRequest request)
    : IListServiceQuotasPaginator
{
    private readonly TokenPaginator<ListServiceQuotasRequest, ListServiceQuotasResponse> _pages =
        new(request, client.ListServiceQuotasAsync, page => page.NextToken, (next, token) => next.NextToken = token);

    public IPaginatedEnumerable<ListServiceQuotasResponse> Responses =>
        new PaginatedResponse<ListServiceQuotasResponse>(_pages);

    public IPaginatedEnumerable<ServiceQuota> Quotas =>
        new PaginatedResultKeyResponse<ListServiceQuotasResponse, ServiceQuota>(_pages, page => page.Quotas ?? []);
}
