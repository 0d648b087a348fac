namespace BuildPipeline.Sandbox.Authorization;

/// <summary>CloudWatch, which takes no narrower resource than all where composite alarms are written or read.</summary>
internal static class CloudWatchPermissions
{
    private const string Prefix = "cloudwatch";

    public static IReadOnlyDictionary<string, PermissionsOf> All { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["DeleteAlarms"] = OnAlarms,
        ["DeleteDashboards"] = call => [.. call.List("DashboardNames").Select(name => new Permission("cloudwatch:DeleteDashboards", DashboardArn(call, name)))],
        ["DescribeAlarmHistory"] = PermissionTable.On(Prefix, call => AlarmArn(call, call.Find("AlarmName") ?? "*")),
        ["DescribeAlarms"] = call => call.List("AlarmTypes").Contains("CompositeAlarm") ? [new Permission("cloudwatch:DescribeAlarms", "*")] : OnAlarms(call),
        ["DescribeAlarmsForMetric"] = PermissionTable.OnAll(Prefix),
        ["DisableAlarmActions"] = OnAlarms,
        ["EnableAlarmActions"] = OnAlarms,
        ["GetDashboard"] = PermissionTable.On(Prefix, call => DashboardArn(call, call.Text("DashboardName"))),
        ["GetMetricData"] = PermissionTable.OnAll(Prefix),
        ["ListDashboards"] = PermissionTable.OnAll(Prefix),
        ["ListMetrics"] = PermissionTable.OnAll(Prefix),
        ["ListTagsForResource"] = PermissionTable.On(Prefix, call => call.Text("ResourceARN")),
        ["PutCompositeAlarm"] = call => PutAlarm(call).Select(permission => permission.Action == "cloudwatch:PutCompositeAlarm" ? permission with { Resource = "*" } : permission),
        ["PutDashboard"] = PermissionTable.On(Prefix, call => DashboardArn(call, call.Text("DashboardName"))),
        ["PutMetricAlarm"] = PutAlarm,
        ["PutMetricData"] = call => [new Permission("cloudwatch:PutMetricData", "*").With("cloudwatch:namespace", call.Text("Namespace"))],
        ["SetAlarmState"] = PermissionTable.On(Prefix, call => AlarmArn(call, call.Text("AlarmName"))),
        ["TagResource"] = PermissionTable.Tagging(Prefix, "ResourceARN"),
        ["UntagResource"] = PermissionTable.Untagging(Prefix, "ResourceARN"),
    };

    /// <summary>Each alarm that is named; all of them where none is.</summary>
    private static IEnumerable<Permission> OnAlarms(OperationCall call) =>
        call.List("AlarmNames").DefaultIfEmpty("*").Select(name => new Permission(call.ActionOf(Prefix), AlarmArn(call, name)));

    private static IEnumerable<Permission> PutAlarm(OperationCall call)
    {
        string[] actions = [.. call.List("AlarmActions"), .. call.List("OKActions"), .. call.List("InsufficientDataActions")];
        var alarm = new Permission(call.ActionOf(Prefix), AlarmArn(call, call.Text("AlarmName"))).With("cloudwatch:AlarmActions", actions);
        return PermissionTable.Tagged(call, alarm, "cloudwatch:TagResource");
    }

    private static string AlarmArn(OperationCall call, string name) => call.Arn(Prefix, "alarm:" + name);

    private static string DashboardArn(OperationCall call, string name) => call.GlobalArn(Prefix, "dashboard/" + name);
}
