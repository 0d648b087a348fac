using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Logs, alarms, events, topics and budgets.</summary>
internal static class MonitoringResources
{
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_cloudwatch_log_group")
        {
            ForceNew = ["log_group_class", "name", "name_prefix"],
            Defaults = new Dictionary<string, Value>
            {
                ["log_group_class"] = "STANDARD", ["retention_in_days"] = 0, ["skip_destroy"] = false,
            },
            Rules =
            [
                Checks.Length("name", 1, 512),
                Checks.Matches(
                    "name", "^[0-9A-Za-z_./#-]*$", "can only contain letters, digits, underscores, hyphens, slashes, hash signs and dots"),
                Checks.OneOf(
                    "retention_in_days", "0", "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731",
                    "1096", "1827", "2192", "2557", "2922", "3288", "3653"),
                Checks.Arn("kms_key_id"),
                new NotEmulatedRule("log_group_class", "STANDARD"),
                new NotEmulatedRule("deletion_protection_enabled", "false"),
                new ExclusiveRule(["name", "name_prefix"]),
            ],
            References = [new("kms_key_id", "aws_kms_key", "arn", "InvalidParameterException")],
            Complete = writer => CompleteNamed(writer, "logs", name => $"log-group:{name}"),
            IsRetained = state => state.IsTrue("skip_destroy"),
            Identify = id => MapValue.Empty.With("name", id),
            Effects = new LogGroupEffects(),
        },
        new("aws_cloudwatch_metric_alarm")
        {
            ForceNew = ["alarm_name"],
            Defaults = new Dictionary<string, Value> { ["actions_enabled"] = true, ["treat_missing_data"] = "missing" },
            Rules =
            [
                Checks.Length("alarm_name", 1, 255),
                Checks.OneOf(
                    "comparison_operator", "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold",
                    "LessThanOrEqualToThreshold",
                    "LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"),
                Checks.OneOf("statistic", "SampleCount", "Average", "Sum", "Minimum", "Maximum"),
                Checks.OneOf("treat_missing_data", "breaching", "notBreaching", "ignore", "missing"),
                Checks.Between("evaluation_periods", 1, int.MaxValue),
                Checks.Between("datapoints_to_alarm", 1, int.MaxValue),
                new ExclusiveRule(["evaluation_criteria", "metric_name", "metric_query"], Required: true),
                new ExclusiveRule(["extended_statistic", "statistic"]),
            ],
            Complete = writer => CompleteNamed(writer, "cloudwatch", name => $"alarm:{name}", "alarm_name"),
        },
        new("aws_cloudwatch_event_rule")
        {
            ForceNew = ["event_bus_name", "name", "name_prefix"],
            Defaults = new Dictionary<string, Value> { ["event_bus_name"] = "default", ["force_destroy"] = false },
            Json = ["event_pattern"],
            Rules =
            [
                Checks.Length("name", 1, 64),
                Checks.Matches("name", "^[0-9A-Za-z_.-]+$", "only alphanumeric characters, periods, hyphens and underscores allowed"),
                Checks.Json("event_pattern"),
                Checks.OneOf("state", "DISABLED", "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
                new ExclusiveRule(["name", "name_prefix"]),
            ],
            Unique = new("name", "ResourceAlreadyExistsException"),
            Complete = writer => CompleteNamed(writer, "events", name => $"rule/{name}"),
        },
        new("aws_cloudwatch_event_target")
        {
            ForceNew = ["event_bus_name", "rule", "target_id"],
            Defaults = new Dictionary<string, Value> { ["event_bus_name"] = "default", ["force_destroy"] = false },
            Rules = [Checks.Arn("arn"), Checks.Length("target_id", 1, 64), new ExclusiveRule(["input", "input_path", "input_transformer"])],
            References = [new("rule", "aws_cloudwatch_event_rule", "name", "ResourceNotFoundException", "ValidationException")],
            Complete = writer => writer.Fill("id", $"{writer.Text("rule")}-{writer.FillName("target_id")}"),
            ImportId = state => $"{state.Text("rule")}/{state.Text("target_id")}",
        },
        new("aws_sns_topic")
        {
            ForceNew = ["fifo_topic", "name", "name_prefix"],
            Defaults = new Dictionary<string, Value> { ["content_based_deduplication"] = false, ["fifo_topic"] = false },
            Json = ["policy", "delivery_policy"],
            Rules =
            [
                Checks.Matches("name", @"^[a-zA-Z0-9_-]{1,256}(\.fifo)?$", "only letters, digits, underscores and hyphens, at most 256"),
                Checks.Policy("policy"),
                Checks.Json("delivery_policy"),
                new ExclusiveRule(["name", "name_prefix"]),
            ],
            Unique = new("name", "InvalidParameter"),
            Complete = CompleteTopic,
        },
        new("aws_sns_topic_policy")
        {
            ForceNew = ["arn"],
            Json = ["policy"],
            Rules = [Checks.Arn("arn"), Checks.Policy("policy")],
            References = [new("arn", "aws_sns_topic", "arn", "NotFound")],
            Complete = writer =>
            {
                writer.Fill("id", writer.State["arn"]);
                writer.Fill("owner", writer.Context.Account);
            },
        },
        new("aws_sns_topic_subscription")
        {
            ForceNew = ["endpoint", "protocol", "topic_arn"],
            Defaults = new Dictionary<string, Value>
            {
                ["confirmation_timeout_in_minutes"] = 1, ["endpoint_auto_confirms"] = false, ["raw_message_delivery"] = false,
            },
            Json = ["filter_policy", "delivery_policy", "redrive_policy"],
            Rules = [Checks.OneOf("protocol", "application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs")],
            References = [new("topic_arn", "aws_sns_topic", "arn", "NotFound")],
            Complete = CompleteSubscription,
        },
        new("aws_budgets_budget")
        {
            ForceNew = ["account_id", "name", "name_prefix"],
            Defaults = new Dictionary<string, Value> { ["time_period_end"] = "2087-06-15_00:00" },
            Rules =
            [
                Checks.OneOf(
                    "budget_type", "USAGE", "COST", "RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE"),
                Checks.OneOf("time_unit", "DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY", "CUSTOM"),
                Checks.OneOf("notification.comparison_operator", "GREATER_THAN", "LESS_THAN", "EQUAL_TO"),
                Checks.OneOf("notification.notification_type", "ACTUAL", "FORECASTED"),
                Checks.OneOf("notification.threshold_type", "PERCENTAGE", "ABSOLUTE_VALUE"),
                Checks.Matches("limit_amount", @"^[0-9]+(\.[0-9]+)?$", "must be an amount such as 100.0"),
                new ExclusiveRule(["name", "name_prefix"]),
                new ExclusiveRule(["auto_adjust_data", "limit_amount", "planned_limit"]),
            ],
            Unique = new("id", "DuplicateRecordException"),
            Complete = CompleteBudget,
        },
    ];

    private static void CompleteNamed(StateWriter writer, string service, Func<string, string> resource, string nameAttribute = "name")
    {
        var name = writer.FillName(nameAttribute);
        writer.Fill("id", name);
        writer.Fill("arn", writer.Context.Arn(service, resource(name)));
    }

    private static void CompleteTopic(StateWriter writer)
    {
        var name = writer.FillName();
        if (writer.State.IsTrue("fifo_topic") != name.EndsWith(".fifo", StringComparison.Ordinal))
        {
            throw new ResourceError(
                $"creating SNS Topic ({name}): invalid topic name", "The names of FIFO topics, and only theirs, end in .fifo.", "name");
        }

        writer.Fill("arn", writer.Context.Arn("sns", name));
        writer.Fill("id", writer.State["arn"]);
        writer.Fill("owner", writer.Context.Account);
        writer.Fill("signature_version", 0);
        writer.Fill("beginning_archive_time", "");
        var (arn, account) = (writer.Text("arn"), writer.Context.Account);
        writer.Fill("policy",
            $$$"""{"Id":"__default_policy_ID","Statement":[{"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],"Condition":{"StringEquals":{"AWS:SourceOwner":"{{{account}}}"}},"Effect":"Allow","Principal":{"AWS":"*"},"Resource":"{{{arn}}}","Sid":"__default_statement_ID"}],"Version":"2008-10-17"}""");
    }

    private static void CompleteSubscription(StateWriter writer)
    {
        writer.Fill("arn", $"{writer.Text("topic_arn")}:{writer.Context.Registry.NextHex(32)}");
        writer.Fill("id", writer.State["arn"]);
        writer.Fill("owner_id", writer.Context.Account);
        writer.Fill("pending_confirmation", writer.Text("protocol").StartsWith("email", StringComparison.Ordinal));
        writer.Fill("confirmation_was_authenticated", false);
    }

    private static void CompleteBudget(StateWriter writer)
    {
        var context = writer.Context;
        writer.Fill("account_id", context.Account);
        var name = writer.FillName();
        writer.Fill("id", $"{writer.Text("account_id")}:{name}");
        writer.Fill("arn", context.GlobalArn("budgets", $"budget/{name}"));
        writer.Fill(
            "time_period_start",
            context.Time.GetUtcNow().ToString("yyyy-MM-'01_00:00'", System.Globalization.CultureInfo.InvariantCulture));
    }
}
