using System.Text.Json;
using Amazon.Bundled;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.CloudWatchLogs.Model;

namespace Amazon.CloudWatchLogs;

public class AmazonCloudWatchLogsConfig : ClientConfig
{
    internal static readonly JsonService Service = new()
    {
        Id = "CloudWatch Logs",
        ApiVersion = "2014-03-28",
        SigningName = "logs",
        HostPrefix = "logs",
        FipsHostPrefix = partition => partition == "aws-us-gov" ? "logs" : "logs-fips",
        TargetPrefix = "Logs_20140328",
        ContentType = "application/x-amz-json-1.1",
        Json = JsonShapes.Options(JsonNamingPolicy.CamelCase, new EpochMillisecondsConverter()),
        Errors = new Dictionary<string, Func<ServiceError, AmazonServiceException>>
        {
            ["AccessDeniedException"] = e => new AccessDeniedException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
            ["InvalidParameterException"] = e => new InvalidParameterException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
            ["ResourceNotFoundException"] = e => new ResourceNotFoundException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
            ["ThrottlingException"] = e => new ThrottlingException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        },
        OtherError = e => new AmazonCloudWatchLogsException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
    };

    public AmazonCloudWatchLogsConfig()
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
