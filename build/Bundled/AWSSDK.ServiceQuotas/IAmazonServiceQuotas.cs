using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.ServiceQuotas.Model;

namespace Amazon.ServiceQuotas;

public interface IAmazonServiceQuotas : IAmazonService, IDisposable
{
    IServiceQuotasPaginatorFactory Paginators { get; }

    Task<ListServiceQuotasResponse> ListServiceQuotasAsync(
        ListServiceQuotasRequest request, CancellationToken cancellationToken = default);

    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonServiceQuotasConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        new AmazonServiceQuotasClient(awsCredentials, (clientConfig as AmazonServiceQuotasConfig) ?? throw new AmazonClientException(
            "AmazonServiceQuotasClient takes an AmazonServiceQuotasConfig."));
}
