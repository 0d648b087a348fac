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
        ["TagResource"] = call => [new Permission("sns:TagResource", call.Text("ResourceArn")).WithTags(call.Tags("Tags"))],
        ["Unsubscribe"] = PermissionTable.OnAll(Prefix),
        ["UntagResource"] = call => [new Permission("sns:UntagResource", call.Text("ResourceArn")).With("aws:TagKeys", call.List("TagKeys"))],
    };

    private static IEnumerable<Permission> OnTopic(OperationCall call) => [new Permission(call.ActionOf(Prefix), call.Text("TopicArn"))];

    private static IEnumerable<Permission> CreateTopic(OperationCall call)
    {
        var (topic, tags) = (call.Arn(Prefix, call.Text("Name")), call.Tags("Tags"));
        yield return new Permission("sns:CreateTopic", topic).WithTags(tags);
        if (tags.Count > 0)
        {
            yield return new Permission("sns:TagResource", topic).WithTags(tags);
        }
    }
}
