using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>CodeBuild's refusals.</summary>
internal static class CodeBuildErrors
{
    public const string InvalidInput = "InvalidInputException";

    public static AwsError Invalid(string message) => new(400, InvalidInput, message);

    public static AwsError NoProject(string name) => new(400, "ResourceNotFoundException", $"Project cannot be found: {name}");

    public static AwsError NoBuild(string id) => new(400, "ResourceNotFoundException", $"Build cannot be found: {id}");

    public static AwsError Exists(string arn) => new(400, "ResourceAlreadyExistsException", $"Project already exists: {arn}");

    /// <summary>A build that comes while as many run as may is not run later.</summary>
    /// <remarks>https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html: concurrentBuildLimit. The message is the account limit's.</remarks>
    public static AwsError TooMany(int limit) => new(400, "AccountLimitExceededException", $"Cannot have more than {limit} builds in queue for the project");

    public static AwsError InvalidToken() => Invalid("Invalid next token: it comes from another request.");
}
