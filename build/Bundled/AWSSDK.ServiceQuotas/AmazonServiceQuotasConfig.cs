using Amazon.Bundled;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.ServiceQuotas.Model;

namespace Amazon.ServiceQuotas;

public class AmazonServiceQuotasConfig : ClientConfig
{
    internal static readonly JsonService Service = new()
    {
        Id = "Service Quotas",
        ApiVersion = "2019-06-24",
        SigningName = "servicequotas",
        HostPrefix = "servicequotas",
        FipsHostPrefix = partition => partition == "aws-us-gov" ? "servicequotas" : "servicequotas-fips",
        TargetPrefix = "ServiceQuotasV20190624",
        ContentType = "application/x-amz-json-1.1",
        Json = JsonShapes.Options(null, new EpochSecondsConverter()),
        Errors = new Dictionary<string, ServiceExceptionFactory>
        {
            ["AccessDeniedException"] = (message, inner, type, code, id, status) => new AccessDeniedException(message, inner, type, code, id, status),
            ["IllegalArgumentException"] = (message, inner, type, code, id, status) => new IllegalArgumentException(message, inner, type, code, id, status),
            ["InvalidPaginationTokenException"] = (message, inner, type, code, id, status) => new InvalidPaginationTokenException(message, inner, type, code, id, status),
            ["NoSuchResourceException"] = (message, inner, type, code, id, status) => new NoSuchResourceException(message, inner, type, code, id, status),
            ["ServiceException"] = (message, inner, type, code, id, status) => new ServiceException(message, inner, type, code, id, status),
            ["TooManyRequestsException"] = (message, inner, type, code, id, status) => new TooManyRequestsException(message, inner, type, code, id, status),
        },
        OtherError = (message, inner, type, code, id, status) => new AmazonServiceQuotasException(message, inner, type, code, id, status),
    };

    public AmazonServiceQuotasConfig()
        : base(JsonService.DefaultConfigurations())
    {
        ServiceId = Service.Id;
        AuthenticationServiceName = Service.SigningName;
        EndpointProvider = new JsonEndpointProvider(Service);
    }

    public override string RegionEndpointServiceName => Service.HostPrefix;

    public override string ServiceVersion => Service.ApiVersion;

    public override string UserAgent => Service.UserAgent;

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        JsonService.DetermineEndpoint(this, parameters.AlternateEndpoint);
}
