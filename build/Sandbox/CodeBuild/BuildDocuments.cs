using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>Projects and builds as CodeBuild describes them.</summary>
internal static class BuildDocuments
{
    // What CodeBuild says of members that the request left out.
    private static readonly (string Member, JsonNode Value)[] Defaults =
    [
        ("timeoutInMinutes", 60), ("queuedTimeoutInMinutes", 480), ("cache", new JsonObject { ["type"] = "NO_CACHE" }),
    ];

    public static JsonObject Describe(Project project)
    {
        var document = Content(project);
        document["name"] = project.Name;
        document["arn"] = project.Arn;
        document["created"] = project.Created.ToEpochSeconds();
        document["lastModified"] = project.Modified.ToEpochSeconds();
        document["badge"] = new JsonObject { ["badgeEnabled"] = false };
        document["projectVisibility"] = "PRIVATE";
        document["tags"] = new JsonArray([.. project.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .Select(tag => new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value })]);
        return document;
    }

    public static JsonObject Describe(Build build)
    {
        var (project, content) = (build.Project, Content(build.Project));
        var document = new JsonObject
        {
            ["id"] = build.Id,
            ["arn"] = build.Arn,
            ["buildNumber"] = build.Number,
            ["startTime"] = build.Start.ToEpochSeconds(),
            ["currentPhase"] = build.Phases[^1].Type,
            ["buildStatus"] = Text(build.Status),
            ["projectName"] = project.Name,
            ["phases"] = new JsonArray([.. build.Phases.Select(Describe)]),
            ["artifacts"] = new JsonObject { ["location"] = "" },
            ["serviceRole"] = project.ServiceRole,
            ["logs"] = Logs(build),
            ["timeoutInMinutes"] = project.TimeoutMinutes,
            ["buildComplete"] = build.IsOver,
            ["initiator"] = build.Initiator,
        };
        foreach (var member in new[] { "source", "cache", "environment", "queuedTimeoutInMinutes", "encryptionKey" })
        {
            document[member] = content[member]?.DeepClone();
        }

        if (build.End is { } end)
        {
            document["endTime"] = end.ToEpochSeconds();
        }

        return document;
    }

    private static JsonObject Content(Project project)
    {
        var content = project.Definition.DeepClone().AsObject();
        foreach (var (member, value) in Defaults)
        {
            content[member] ??= value.DeepClone();
        }

        // The key that AWS has for S3 in each account.
        content["encryptionKey"] ??= string.Join(':', project.Arn.Split(':')[..5]).Replace(":codebuild:", ":kms:", StringComparison.Ordinal) + ":alias/aws/s3";
        return content;
    }

    private static JsonObject Describe(Phase phase)
    {
        var document = new JsonObject { ["phaseType"] = phase.Type, ["startTime"] = phase.Start.ToEpochSeconds() };
        if (phase is { End: { } end, Status: { } status })
        {
            document["phaseStatus"] = Text(status);
            document["endTime"] = end.ToEpochSeconds();
            document["durationInSeconds"] = (long)(end - phase.Start).TotalSeconds;
            document["contexts"] = new JsonArray(new JsonObject { ["statusCode"] = phase.Code ?? "", ["message"] = phase.Message ?? "" });
        }

        return document;
    }

    private static JsonObject Logs(Build build)
    {
        if (build.Project.LogOf(build.Uuid) is not { } place)
        {
            return new JsonObject { ["cloudWatchLogs"] = new JsonObject { ["status"] = "DISABLED" } };
        }

        var stream = build.Arn.Split(":build/")[0].Replace(":codebuild:", ":logs:", StringComparison.Ordinal);
        return new JsonObject
        {
            ["groupName"] = place.Group,
            ["streamName"] = place.Stream,
            ["cloudWatchLogsArn"] = $"{stream}:log-group:{place.Group}:log-stream:{place.Stream}",
            ["cloudWatchLogs"] = build.Project.Definition["logsConfig"]?["cloudWatchLogs"]?.DeepClone() ?? new JsonObject { ["status"] = "ENABLED" },
        };
    }

    private static string Text(BuildStatus status) => status switch
    {
        BuildStatus.InProgress => "IN_PROGRESS",
        BuildStatus.TimedOut => "TIMED_OUT",
        _ => status.ToString().ToUpperInvariant(),
    };
}
