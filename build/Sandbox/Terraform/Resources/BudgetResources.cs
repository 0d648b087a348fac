using System.Globalization;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Budgets of AWS Budgets.</summary>
internal static class BudgetResources
{
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
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
                .. new[] { "auto_adjust_data", "billing_view_arn", "cost_types", "filter_expression", "metrics", "planned_limit" }
                    .Select(setting => new NotEmulatedRule(setting)),
            ],
            Complete = CompleteBudget,
            Identify = id => MapValue.Empty.With("id", id).With("account_id", id.Split(':')[0]).With("name", id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..]),
            Effects = new BudgetEffects(),
        },
    ];

    private static void CompleteBudget(StateWriter writer)
    {
        var context = writer.Context;
        writer.Fill("account_id", context.Account);
        var name = writer.FillName();
        writer.Fill("id", $"{writer.Text("account_id")}:{name}");
        writer.Fill("arn", context.GlobalArn("budgets", $"budget/{name}"));
        writer.Fill("time_period_start", context.Time.GetUtcNow().ToString("yyyy-MM-'01_00:00'", CultureInfo.InvariantCulture));
    }
}
