namespace BuildPipeline.Sandbox.Authorization;

/// <summary>SNS.</summary>
internal static class TopicPermissions
{
    private const string Prefix = "sns";

    public static IReadOnlyDictionary<string, PermissionsOf> All { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["ConfirmSubscription"] = OnTopic,
        ["CreateTopic"] = CreateTopic,
        ["DeleteTopic"] = OnTopic,
        ["GetSubscriptionAttributes"] = PermissionTable.OnAll(Prefix),
        ["GetTopicAttributes"] = OnTopic,
        ["ListSubscriptions"] = PermissionTable.OnAll(Prefix),
        ["ListSubscriptionsByTopic"] = OnTopic,
        ["ListTagsForResource"] = PermissionTable.On(Prefix, call => call.Text("ResourceArn")),
        ["ListTopics"] = PermissionTable.OnAll(Prefix),
        ["Publish"] = call => [new Permission("sns:Publish", call.Find("TopicArn") ?? call.Text("TargetArn"))],
        ["SetSubscriptionAttributes"] = PermissionTable.OnAll(Prefix),
        ["SetTopicAttributes"] = OnTopic,
        ["Subscribe"] = call =>
            [new Permission("sns:Subscribe", call.Text("TopicArn")).With("sns:Protocol", call.Find("Protocol")).With("sns:Endpoint", call.Find("Endpoint"))],
        ["TagResource"] = PermissionTable.Tagging(Prefix, "ResourceArn"),
        ["Unsubscribe"] = PermissionTable.OnAll(Prefix),
        ["UntagResource"] = PermissionTable.Untagging(Prefix, "ResourceArn"),
    };

    private static IEnumerable<Permission> OnTopic(OperationCall call) => [new Permission(call.ActionOf(Prefix), call.Text("TopicArn"))];

    private static IEnumerable<Permission> CreateTopic(OperationCall call) =>
        PermissionTable.Tagged(call, new Permission("sns:CreateTopic", call.Arn(Prefix, call.Text("Name"))), "sns:TagResource");
}
