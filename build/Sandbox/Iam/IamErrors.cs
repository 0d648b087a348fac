using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Iam;

/// <summary>IAM's refusals.</summary>
internal static class IamErrors
{
    public static AwsError NoRole(string name) => NoSuchEntity($"The role with name {name} cannot be found.");

    public static AwsError NoPolicy(string arn) => NoSuchEntity($"Policy {arn} was not found.");

    public static AwsError NotAttachable(string what) => NoSuchEntity($"{what} does not exist or is not attachable.");

    public static AwsError NoSuchEntity(string message) => new(404, "NoSuchEntity", message);

    public static AwsError Exists(string message) => new(409, "EntityAlreadyExists", message);

    public static AwsError Limit(string message) => new(409, "LimitExceeded", message);

    public static AwsError Conflict(string message) => new(409, "DeleteConflict", message);

    public static AwsError Malformed(string message) => new(400, "MalformedPolicyDocument", message);

    public static AwsError Invalid(string message) => new(400, "InvalidInput", message);

    public static AwsError InvalidMarker() => new(400, "ValidationError", "Invalid Marker.");

    public static AwsError Protected(string role) => new(
        400, "UnmodifiableEntity", $"Cannot perform the operation on the protected role '{role}' - this role is only modifiable by the sandbox");
}
