using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Hosting;

/// <summary>Faults in the codes that each service has for them.</summary>
internal static class AwsFaults
{
    public static AwsError ErrorOf(FaultKind kind, string service) => (kind, service) switch
    {
        (FaultKind.Throttle, "s3") => new(503, "SlowDown", "Please reduce your request rate."),
        (FaultKind.Throttle, "ec2") => new(503, "RequestLimitExceeded", "Request limit exceeded."),
        (FaultKind.Throttle, "sns") => new(429, "Throttled", "Rate exceeded"),
        (FaultKind.Throttle, "sts" or "iam" or "monitoring") => new(400, "Throttling", "Rate exceeded"),
        (FaultKind.Throttle, _) => new(400, "ThrottlingException", "Rate exceeded"),
        (FaultKind.InternalError, "s3") => new(500, "InternalError", "We encountered an internal error. Please try again."),
        (FaultKind.InternalError, _) => new(500, "InternalFailure", "The request processing has failed because of an unknown error, exception or failure."),
        (FaultKind.ExpiredCredentials, _) => CredentialErrors.Of(CredentialFault.ExpiredToken, service),
        (FaultKind.AccessDenied, _) => AuthorizationErrors.Of(FaultTargets.ModelOf(service), "A planned fault denies this action."),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This fault is not an error answer."),
    };
}
