using Amazon.Bundled;
using Amazon.Runtime;

namespace Amazon.ServiceQuotas.Model;

public interface IServiceQuotasPaginatorFactory
{
    IListServiceQuotasPaginator ListServiceQuotas(ListServiceQuotasRequest request);
}

internal sealed class ServiceQuotasPaginatorFactory : IServiceQuotasPaginatorFactory
{
    private readonly IAmazonServiceQuotas _client;

    internal ServiceQuotasPaginatorFactory(IAmazonServiceQuotas client) => _client = client;

    public IListServiceQuotasPaginator ListServiceQuotas(ListServiceQuotasRequest request) =>
        new ListServiceQuotasPaginator(_client, request);
}

public interface IListServiceQuotasPaginator
{
    IPaginatedEnumerable<ServiceQuota> Quotas { get; }
}

internal sealed class ListServiceQuotasPaginator(IAmazonServiceQuotas client, ListServiceQuotasRequest request)
    : IListServiceQuotasPaginator
{
    private readonly TokenPaginator<ListServiceQuotasRequest, ListServiceQuotasResponse> _pages =
        new(request, client.ListServiceQuotasAsync, page => page.NextToken, (next, token) => next.NextToken = token);

    public IPaginatedEnumerable<ServiceQuota> Quotas =>
        new PaginatedResultKeyResponse<ListServiceQuotasResponse, ServiceQuota>(_pages, page => page.Quotas ?? []);
}
