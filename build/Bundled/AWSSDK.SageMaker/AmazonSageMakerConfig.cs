using Amazon.Bundled;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.SageMaker.Model;

namespace Amazon.SageMaker;

public class AmazonSageMakerConfig : ClientConfig
{
    internal static readonly JsonService Service = new()
    {
        Id = "SageMaker",
        ApiVersion = "2017-07-24",
        SigningName = "sagemaker",
        HostPrefix = "api.sagemaker",
        FipsHostPrefix = partition => partition is "aws" or "aws-us-gov" ? "api-fips.sagemaker" : "api.sagemaker-fips",
        TargetPrefix = "SageMaker",
        ContentType = "application/x-amz-json-1.1",
        Json = JsonShapes.Options(null, new EpochSecondsConverter()),
        Errors = new Dictionary<string, Func<ServiceError, AmazonServiceException>>
        {
            ["ResourceInUse"] = e => new ResourceInUseException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
            ["ResourceLimitExceeded"] = e => new ResourceLimitExceededException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
            ["ResourceNotFound"] = e => new ResourceNotFoundException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
        },
        OtherError = e => new AmazonSageMakerException(e.Message, e.Inner, e.Type, e.Code, e.RequestId, e.Status),
    };

    public AmazonSageMakerConfig()
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
