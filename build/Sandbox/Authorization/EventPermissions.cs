using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Authorization;

/// <summary>EventBridge.</summary>
internal static class EventPermissions
{
    private const string Prefix = "events";
    private const string DefaultBus = "default";

    public static IReadOnlyDictionary<string, PermissionsOf> All { get; } = new Dictionary<string, PermissionsOf>(StringComparer.Ordinal)
    {
        ["DeleteRule"] = OnRule("Name"),
        ["DescribeRule"] = OnRule("Name"),
        ["DisableRule"] = OnRule("Name"),
        ["EnableRule"] = OnRule("Name"),
        ["ListRules"] = PermissionTable.OnAll(Prefix),
        ["ListTagsForResource"] = PermissionTable.On(Prefix, call => call.Text("ResourceARN")),
        ["ListTargetsByRule"] = OnRule("Rule"),
        ["PutEvents"] = PutEvents,
        ["PutRule"] = PutRule,
        ["PutTargets"] = PutTargets,
        ["RemoveTargets"] = OnRule("Rule"),
        ["TagResource"] = PermissionTable.Tagging(Prefix, "ResourceARN"),
        ["TestEventPattern"] = PermissionTable.OnAll(Prefix),
        ["UntagResource"] = PermissionTable.Untagging(Prefix, "ResourceARN"),
    };

    private static PermissionsOf OnRule(string member) => PermissionTable.On(Prefix, call => RuleArn(call, member));

    private static IEnumerable<Permission> PutRule(OperationCall call) =>
        PermissionTable.Tagged(call, new Permission("events:PutRule", RuleArn(call, "Name")), "events:TagResource");

    private static IEnumerable<Permission> PutTargets(OperationCall call)
    {
        var targets = call.Input.Objects("Targets");
        yield return new Permission("events:PutTargets", RuleArn(call, "Rule")).With("events:TargetArn", targets.Select(target => target["Arn"]?.ToString()));
        foreach (var role in targets.Select(target => target["RoleArn"]?.ToString()).OfType<string>().Distinct())
        {
            yield return PermissionTable.PassRole(role, "events.amazonaws.com");
        }
    }

    private static IEnumerable<Permission> PutEvents(OperationCall call) => call.Input.Objects("Entries").Select(entry =>
        new Permission("events:PutEvents", BusArn(call, entry["EventBusName"]?.ToString()))
            .With("events:source", entry["Source"]?.ToString())
            .With("events:detail-type", entry["DetailType"]?.ToString()));

    private static string BusArn(OperationCall call, string? bus) =>
        bus?.StartsWith("arn:", StringComparison.Ordinal) == true ? bus : call.Arn(Prefix, "event-bus/" + (bus ?? DefaultBus));

    private static string RuleArn(OperationCall call, string member)
    {
        var bus = call.Find("EventBusName")?.Split('/')[^1] ?? DefaultBus;
        return call.Arn(Prefix, bus == DefaultBus ? "rule/" + call.Text(member) : $"rule/{bus}/{call.Text(member)}");
    }
}
