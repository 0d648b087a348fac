using Amazon.Bundled;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;

namespace Amazon.CloudWatch;

public class AmazonCloudWatchConfig : ClientConfig
{
    internal static readonly JsonService Service = new()
    {
        Id = "CloudWatch",
        ApiVersion = "2010-08-01",
        SigningName = "monitoring",
        HostPrefix = "monitoring",
        FipsHostPrefix = partition => partition == "aws-us-gov" ? "monitoring" : "monitoring-fips",
        TargetPrefix = "GraniteServiceVersion20100801",
        ContentType = "application/x-amz-json-1.0",
        Json = JsonShapes.Options(null, new EpochSecondsConverter()),
        Errors = new Dictionary<string, Func<ServiceError, AmazonServiceException>>
        {
        },
        OtherError = e => new AmazonCloudWatchException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
    };

    public AmazonCloudWatchConfig()
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
