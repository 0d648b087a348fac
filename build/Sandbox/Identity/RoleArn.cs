using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>The ARN of a role, in its parts.</summary>
/// <param name="Name">Without the path.</param>
internal sealed partial record RoleArn(string Text, string Account, string Name)
{
    /// <exception cref="AwsError">It is none.</exception>
    public static RoleArn Parse(string text) => Form().Match(text) is { Success: true } match
        ? new RoleArn(text, match.Groups["account"].Value, match.Groups["name"].Value)
        : throw new AwsError(400, "ValidationError", $"{text} is invalid: a role is arn:aws:iam::ACCOUNT:role/NAME.");

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::(?<account>\d{12}):role/(?:[^/]+/)*(?<name>[\w+=,.@-]+)\z")]
    private static partial Regex Form();
}
