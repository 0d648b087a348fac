using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Sns;

/// <summary>SNS's refusals.</summary>
internal static class SnsErrors
{
    public static AwsError Invalid(string message) => new(400, "InvalidParameter", $"Invalid parameter: {message}");

    public static AwsError NoTopic() => new(404, "NotFound", "Topic does not exist");

    public static AwsError NoSubscription() => new(404, "NotFound", "Subscription does not exist");

    public static AwsError NotAuthorized(string message) => new(403, "AuthorizationError", message);
}
