using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Logs and budgets.</summary>
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
