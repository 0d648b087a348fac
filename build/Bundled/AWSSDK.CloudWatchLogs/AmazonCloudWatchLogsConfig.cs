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
        Errors = new Dictionary<string, ServiceExceptionFactory>
        {
            ["AccessDeniedException"] = (message, inner, type, code, id, status) => new AccessDeniedException(message, inner, type, code, id, status),
            ["InvalidParameterException"] = (message, inner, type, code, id, status) => new InvalidParameterException(message, inner, type, code, id, status),
            ["LimitExceededException"] = (message, inner, type, code, id, status) => new LimitExceededException(message, inner, type, code, id, status),
            ["ResourceNotFoundException"] = (message, inner, type, code, id, status) => new ResourceNotFoundException(message, inner, type, code, id, status),
            ["ServiceUnavailableException"] = (message, inner, type, code, id, status) => new ServiceUnavailableException(message, inner, type, code, id, status),
            ["ThrottlingException"] = (message, inner, type, code, id, status) => new ThrottlingException(message, inner, type, code, id, status),
        },
        OtherError = (message, inner, type, code, id, status) => new AmazonCloudWatchLogsException(message, inner, type, code, id, status),
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
