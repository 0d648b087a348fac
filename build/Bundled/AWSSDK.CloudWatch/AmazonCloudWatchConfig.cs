using Amazon.Bundled;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.CloudWatch.Model;

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
        Errors = new Dictionary<string, ServiceExceptionFactory>
        {
            ["InternalServiceError"] = (message, inner, type, code, id, status) => new InternalServiceException(message, inner, type, code, id, status),
            ["InvalidNextToken"] = (message, inner, type, code, id, status) => new InvalidNextTokenException(message, inner, type, code, id, status),
            ["InvalidParameterCombination"] = (message, inner, type, code, id, status) => new InvalidParameterCombinationException(message, inner, type, code, id, status),
            ["InvalidParameterValue"] = (message, inner, type, code, id, status) => new InvalidParameterValueException(message, inner, type, code, id, status),
            ["MissingParameter"] = (message, inner, type, code, id, status) => new MissingRequiredParameterException(message, inner, type, code, id, status),
        },
        OtherError = (message, inner, type, code, id, status) => new AmazonCloudWatchException(message, inner, type, code, id, status),
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
