using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Authorization;

/// <summary>A refusal in the code that each service has for it.</summary>
internal static class AuthorizationErrors
{
    /// <param name="service">Name of the service's model.</param>
    public static AwsError Of(string service, string message) => service switch
    {
        "ec2" => new AwsError(403, "UnauthorizedOperation", "You are not authorized to perform this operation. " + message),
        "sns" => new AwsError(403, "AuthorizationError", message),
        "s3" or "sts" or "iam" or "cloudwatch" => new AwsError(403, "AccessDenied", message),
        _ => new AwsError(400, "AccessDeniedException", message),
    };
}
