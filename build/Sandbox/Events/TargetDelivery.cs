using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.CodeBuild;
using BuildPipeline.Sandbox.Identity;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Sns;

namespace BuildPipeline.Sandbox.Events;

/// <summary>Gives targets what they are sent: a topic a message, a project of CodeBuild a build. What does not arrive is not sent again.</summary>
internal sealed class TargetDelivery(ITopics topics, IProjects projects, ServiceRoles roles)
{
    private const string Principal = "events.amazonaws.com";

    // EventBridge's documentation has no condition keys for the policies of topics.
    private static readonly ServicePublisher Publisher = new(Principal, SourceArn: null);

    private static readonly TimeSpan SessionDuration = TimeSpan.FromHours(1);

    /// <summary>What EventBridge, or the sandbox, does not take of a target.</summary>
    /// <returns>Null if nothing.</returns>
    public static string? FaultOf(EventTarget target)
    {
        if (target.Retries is > 0)
        {
            return $"The sandbox does not emulate retries, which target {target.Id} asks for: what does not arrive is not sent again.";
        }

        if (IsProject(target))
        {
            return target.RoleArn is null ? $"RoleArn is required for target {target.Arn}."
                : JsonText.Parse(target.Input ?? "") is not JsonObject { Count: 0 }
                    ? $"The sandbox does not emulate the input of target {target.Id}: a build is started with the Input {{}}, without overrides."
                : target.Retries is null
                    ? $"The sandbox does not emulate the retries of target {target.Id}: set MaximumRetryAttempts 0, or AWS would start every build later that the project's limit refuses."
                : null;
        }

        return target.Arn.Split(':') is not ["arn", _, "sns", _, _, _] ? $"The sandbox does not emulate the target '{target.Arn}': it has SNS topics and projects of CodeBuild."
            : target.RoleArn is not null ? $"RoleArn is not supported for target {target.Arn}."
            : null;
    }

    /// <param name="message">What the target's input makes of the event.</param>
    /// <returns>Why the target does not have it; null if it has.</returns>
    public string? Deliver(EventRule rule, EventTarget target, string message)
    {
        try
        {
            if (IsProject(target))
            {
                var session = roles.Start(target.RoleArn!, new ServiceActor(Principal, rule.Arn), $"rule-{rule.Name}", SessionDuration);
                projects.StartBuild(target.Arn, session.Caller, $"rule/{rule.Name}");
            }
            else
            {
                topics.Publish(target.Arn, new TopicMessage(message), Publisher);
            }

            return null;
        }
        catch (AwsError error)
        {
            return $"{error.Code}: {error.Message}";
        }
    }

    private static bool IsProject(EventTarget target) =>
        target.Arn.Split(':') is ["arn", _, "codebuild", _, _, var resource] && resource.StartsWith("project/", StringComparison.Ordinal);
}
