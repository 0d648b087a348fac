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
        Errors = new Dictionary<string, Func<ServiceError, AmazonServiceException>>
        {
            ["AccessDeniedException"] = e => new AccessDeniedException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
            ["NoSuchResourceException"] = e => new NoSuchResourceException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
            ["TooManyRequestsException"] = e => new TooManyRequestsException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        },
        OtherError = e => new AmazonServiceQuotasException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
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
