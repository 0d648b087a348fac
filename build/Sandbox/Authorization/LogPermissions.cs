using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Authorization;

/// <summary>CloudWatch Logs. What is asked of a group is asked of its stream without a name, so the group's ARN takes <c>:*</c> at its end.</summary>
internal static class LogPermissions
{
    private const string Prefix = "logs";
    private const string Group = "logGroupName";

    public static IReadOnlyDictionary<string, PermissionsOf> All { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["CreateLogGroup"] = PermissionTable.On(Prefix, GroupArn),
        ["CreateLogStream"] = PermissionTable.On(Prefix, StreamArn),
        ["DeleteLogGroup"] = PermissionTable.On(Prefix, GroupArn),
        ["DeleteRetentionPolicy"] = PermissionTable.On(Prefix, GroupArn),
        ["DescribeLogGroups"] = PermissionTable.On(Prefix, call => call.Arn(Prefix, "log-group::log-stream:")),
        ["DescribeLogStreams"] = PermissionTable.On(Prefix, GroupArn),
        ["FilterLogEvents"] = PermissionTable.On(Prefix, GroupArn),
        ["GetLogEvents"] = PermissionTable.On(Prefix, StreamArn),
        ["PutLogEvents"] = PermissionTable.On(Prefix, StreamArn),
        ["PutRetentionPolicy"] = PermissionTable.On(Prefix, GroupArn),
    };

    private static string GroupArn(OperationCall call) => ArnOf(call, stream: "");

    private static string StreamArn(OperationCall call) => ArnOf(call, call.Text("logStreamName"));

    private static string ArnOf(OperationCall call, string stream)
    {
        var group = call.Input.Text(Group) ?? call.Text("logGroupIdentifier").Split(":log-group:")[^1].Split(':')[0];
        return call.Arn(Prefix, $"log-group:{group}:log-stream:{stream}");
    }
}
