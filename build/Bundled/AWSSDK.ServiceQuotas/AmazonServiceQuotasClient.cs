using Amazon.Bundled;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.ServiceQuotas.Model;

namespace Amazon.ServiceQuotas;

public class AmazonServiceQuotasClient : AmazonServiceClient, IAmazonServiceQuotas
{
    public AmazonServiceQuotasClient()
        : this(new AmazonServiceQuotasConfig())
    {
    }

    public AmazonServiceQuotasClient(RegionEndpoint region)
        : this(new AmazonServiceQuotasConfig { RegionEndpoint = region })
    {
    }

    public AmazonServiceQuotasClient(AmazonServiceQuotasConfig config)
        : base(config) => Paginators = new ServiceQuotasPaginatorFactory(this);

    public AmazonServiceQuotasClient(AWSCredentials credentials)
        : this(credentials, new AmazonServiceQuotasConfig())
    {
    }

    public AmazonServiceQuotasClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonServiceQuotasConfig { RegionEndpoint = region })
    {
    }

    public AmazonServiceQuotasClient(AWSCredentials credentials, AmazonServiceQuotasConfig clientConfig)
        : base(credentials, clientConfig) => Paginators = new ServiceQuotasPaginatorFactory(this);

    public AmazonServiceQuotasClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonServiceQuotasConfig clientConfig)
        : this(new BasicAWSCredentials(awsAccessKeyId, awsSecretAccessKey), clientConfig)
    {
    }

    public AmazonServiceQuotasClient(
        string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonServiceQuotasConfig clientConfig)
        : this(new SessionAWSCredentials(awsAccessKeyId, awsSecretAccessKey, awsSessionToken), clientConfig)
    {
    }

    public IServiceQuotasPaginatorFactory Paginators { get; }

    public virtual Task<ListServiceQuotasResponse> ListServiceQuotasAsync(
        ListServiceQuotasRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<ListServiceQuotasResponse>("ListServiceQuotas", request, cancellationToken);

    public Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request) =>
        Config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request));

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline) =>
        JsonService.CustomizePipeline(pipeline);

    private Task<TResponse> SendAsync<TResponse>(
        string operation, AmazonServiceQuotasRequest request, CancellationToken cancellationToken)
        where TResponse : AmazonWebServiceResponse, new() =>
        InvokeAsync<TResponse>(request, AmazonServiceQuotasConfig.Service.Operation<TResponse>(operation), cancellationToken);
}
