using Amazon.Bundled;
using Amazon.IdentityManagement.Model;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;

namespace Amazon.IdentityManagement;

public class AmazonIdentityManagementServiceConfig : ClientConfig
{
    internal static readonly QueryService Service = new()
    {
        Id = "IAM",
        ApiVersion = "2010-05-08",
        Errors = new Dictionary<string, Func<ServiceError, AmazonServiceException>>
        {
            ["NoSuchEntity"] = e => new NoSuchEntityException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        },
        OtherError = e => new AmazonIdentityManagementServiceException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
    };

    public AmazonIdentityManagementServiceConfig()
        : base(JsonService.DefaultConfigurations())
    {
        ServiceId = Service.Id;
        AuthenticationServiceName = "iam";
        EndpointProvider = new GlobalEndpointProvider();
    }

    public override string RegionEndpointServiceName => "iam";

    public override string ServiceVersion => Service.ApiVersion;

    public override string UserAgent => Service.UserAgent;

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        JsonService.DetermineEndpoint(this, parameters.AlternateEndpoint);
}
