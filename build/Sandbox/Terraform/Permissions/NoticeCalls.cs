using BuildPipeline.Sandbox.Authorization;
using static BuildPipeline.Sandbox.Terraform.Permissions.ResourceCalls;

namespace BuildPipeline.Sandbox.Terraform.Permissions;

/// <summary>What is logged, watched and told: log groups, alarms, dashboards, topics, rules and what they start, budgets.</summary>
internal static class NoticeCalls
{
    public static IReadOnlyDictionary<string, ResourceCalls> All { get; } = new Dictionary<string, ResourceCalls>(StringComparer.Ordinal)
    {
        ["aws_budgets_budget"] = new(
            request => request.Created(new Permission("budgets:ModifyBudget", Budget(request)), "budgets:TagResource"),
            On(Budget, "budgets:ListTagsForResource", "budgets:ViewBudget"),
            ResourceCalls.All(On(Budget, "budgets:ModifyBudget"), Tags(Budget, "budgets")),
            On(Budget, "budgets:ModifyBudget")),

        // CloudWatch lets nobody write or read composite alarms whose permission has a narrower resource.
        ["aws_cloudwatch_composite_alarm"] = new(
            request => request.Created(new Permission("cloudwatch:PutCompositeAlarm", Alarm(request)), "cloudwatch:TagResource")
                .Select(permission => permission.Action == "cloudwatch:PutCompositeAlarm" ? permission with { Resource = "*" } : permission),
            ResourceCalls.All(OnAll("cloudwatch:DescribeAlarms"), On(Alarm, "cloudwatch:ListTagsForResource")),
            ResourceCalls.All(OnAll("cloudwatch:PutCompositeAlarm"), Tags(Alarm, "cloudwatch")),
            On(Alarm, "cloudwatch:DeleteAlarms")),
        ["aws_cloudwatch_dashboard"] = new(
            On(Dashboard, "cloudwatch:PutDashboard"), On(Dashboard, "cloudwatch:GetDashboard"), On(Dashboard, "cloudwatch:PutDashboard"),
            On(Dashboard, "cloudwatch:DeleteDashboards")),
        ["aws_cloudwatch_event_rule"] = new(
            request => request.Created(new Permission("events:PutRule", Rule("name")(request)), "events:TagResource"),
            On(Rule("name"), "events:DescribeRule", "events:ListTagsForResource"),
            ResourceCalls.All(On(Rule("name"), "events:PutRule"), Tags(Rule("name"), "events")),
            On(Rule("name"), "events:DeleteRule")),
        ["aws_cloudwatch_event_target"] = new(PutTarget, On(Rule("rule"), "events:ListTargetsByRule"), PutTarget, On(Rule("rule"), "events:RemoveTargets")),
        ["aws_cloudwatch_log_group"] = new(
            CreateGroup,
            ResourceCalls.All(On(request => request.Arn("logs", "log-group::log-stream:"), "logs:DescribeLogGroups"), On(Group, "logs:ListTagsForResource")),
            UpdateGroup, On(GroupStreams, "logs:DeleteLogGroup")),
        ["aws_cloudwatch_metric_alarm"] = new(
            request => request.Created(new Permission("cloudwatch:PutMetricAlarm", Alarm(request)), "cloudwatch:TagResource"),
            On(Alarm, "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"),
            ResourceCalls.All(On(Alarm, "cloudwatch:PutMetricAlarm"), Tags(Alarm, "cloudwatch")),
            On(Alarm, "cloudwatch:DeleteAlarms")),
        ["aws_codebuild_project"] = new(
            request => PutProject(request, "codebuild:CreateProject"), On(Project, "codebuild:BatchGetProjects"),
            request => PutProject(request, "codebuild:UpdateProject"), On(Project, "codebuild:DeleteProject")),
        ["aws_sns_topic"] = new(
            // Its attributes are set one by one, after it is there.
            request => request.Created(new Permission("sns:CreateTopic", Topic(request)), "sns:TagResource").Append(new Permission("sns:SetTopicAttributes", Topic(request))),
            On(request => request.Text("arn"), "sns:GetTopicAttributes", "sns:ListTagsForResource"), UpdateTopic,
            On(request => request.Text("arn"), "sns:DeleteTopic")),
        ["aws_sns_topic_policy"] = new(
            On(request => request.Text("arn"), "sns:SetTopicAttributes"), On(request => request.Text("arn"), "sns:GetTopicAttributes"),
            On(request => request.Text("arn"), "sns:SetTopicAttributes"), On(request => request.Text("arn"), "sns:SetTopicAttributes")),
        ["aws_sns_topic_subscription"] = new(
            request => [new Permission("sns:Subscribe", request.Text("topic_arn")).With("sns:Protocol", request.Text("protocol")).With("sns:Endpoint", request.Text("endpoint"))],
            OnAll("sns:GetSubscriptionAttributes"), OnAll("sns:SetSubscriptionAttributes"), OnAll("sns:Unsubscribe")),
    };

    private static CallsOf Tags(Func<ResourceRequest, string> arn, string service) =>
        request => request.Tagged(arn(request), $"{service}:TagResource", $"{service}:UntagResource");

    private static string Topic(ResourceRequest request) => request.Arn("sns", request.Text("name"));

    private static string Budget(ResourceRequest request) => request.GlobalArn("budgets", $"budget/{request.Text("name")}");

    private static string Alarm(ResourceRequest request) => request.Arn("cloudwatch", $"alarm:{request.Text("alarm_name")}");

    private static string Dashboard(ResourceRequest request) => request.GlobalArn("cloudwatch", $"dashboard/{request.Text("dashboard_name")}");

    private static Func<ResourceRequest, string> Rule(string member) => request => request.Arn("events", $"rule/{request.Text(member)}");

    private static IEnumerable<Permission> PutTarget(ResourceRequest request)
    {
        yield return new Permission("events:PutTargets", Rule("rule")(request)).With("events:TargetArn", request.Text("arn"));
        if (request.Text("role_arn") is { Length: > 0 } role)
        {
            yield return PermissionTable.PassRole(role, "events.amazonaws.com");
        }
    }

    private static string Project(ResourceRequest request) => request.Arn("codebuild", $"project/{request.Text("name")}");

    // An update sends all tags again, and the role only where it is another one.
    private static IEnumerable<Permission> PutProject(ResourceRequest request, string action)
    {
        yield return new Permission(action, Project(request)).WithTags(ResourceRequest.TagsOf(request.State));
        if (request.Prior is null || request.Changes("service_role"))
        {
            yield return PermissionTable.PassRole(request.Text("service_role"), "codebuild.amazonaws.com");
        }
    }

    private static string Group(ResourceRequest request) => request.Arn("logs", $"log-group:{request.Text("name")}");

    private static string GroupStreams(ResourceRequest request) => Group(request) + ":log-stream:";

    private static bool HasRetention(ResourceRequest request) => request.State.Text("retention_in_days") is not (null or "0");

    private static IEnumerable<Permission> CreateGroup(ResourceRequest request)
    {
        yield return new Permission("logs:CreateLogGroup", GroupStreams(request)).WithTags(ResourceRequest.TagsOf(request.State));
        if (ResourceRequest.TagsOf(request.State) is { Count: > 0 } tags)
        {
            yield return new Permission("logs:TagResource", Group(request)).WithTags(tags);
        }

        if (HasRetention(request))
        {
            yield return new Permission("logs:PutRetentionPolicy", GroupStreams(request));
        }
    }

    private static IEnumerable<Permission> UpdateGroup(ResourceRequest request)
    {
        if (request.Changes("retention_in_days"))
        {
            yield return new Permission(HasRetention(request) ? "logs:PutRetentionPolicy" : "logs:DeleteRetentionPolicy", GroupStreams(request));
        }

        foreach (var tag in request.Tagged(Group(request), "logs:TagResource", "logs:UntagResource"))
        {
            yield return tag;
        }
    }

    private static IEnumerable<Permission> UpdateTopic(ResourceRequest request)
    {
        if (request.ChangesMoreThanTags)
        {
            yield return new Permission("sns:SetTopicAttributes", request.Text("arn"));
        }

        foreach (var tag in request.Tagged(request.Text("arn"), "sns:TagResource", "sns:UntagResource"))
        {
            yield return tag;
        }
    }
}
