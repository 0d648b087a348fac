using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Alarms and dashboards of CloudWatch.</summary>
internal static class AlarmResources
{
    private static readonly AlarmEffects MetricEffects = new("Metric Alarm", "PutMetricAlarm", "MetricAlarms", new Dictionary<string, string>
    {
        ["metric_name"] = "MetricName", ["namespace"] = "Namespace", ["statistic"] = "Statistic", ["extended_statistic"] = "ExtendedStatistic",
        ["period"] = "Period", ["unit"] = "Unit", ["evaluation_periods"] = "EvaluationPeriods", ["datapoints_to_alarm"] = "DatapointsToAlarm",
        ["threshold"] = "Threshold", ["comparison_operator"] = "ComparisonOperator", ["treat_missing_data"] = "TreatMissingData",
        ["evaluate_low_sample_count_percentiles"] = "EvaluateLowSampleCountPercentile",
    });

    private static readonly AlarmEffects CompositeEffects =
        new("Composite Alarm", "PutCompositeAlarm", "CompositeAlarms", new Dictionary<string, string> { ["alarm_rule"] = "AlarmRule" });

    private static readonly ConfigRule[] Common =
    [
        Checks.Length("alarm_name", 1, 255), Checks.Length("alarm_description", 0, 1024),
        Checks.Arns("alarm_actions"), Checks.Arns("ok_actions"), Checks.Arns("insufficient_data_actions"),
    ];

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_cloudwatch_metric_alarm")
        {
            ForceNew = ["alarm_name"],
            Defaults = new Dictionary<string, Value> { ["actions_enabled"] = true, ["treat_missing_data"] = "missing" },
            Rules =
            [
                .. Common,
                Checks.OneOf(
                    "comparison_operator", "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold",
                    "LessThanOrEqualToThreshold",
                    "LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"),
                Checks.OneOf("statistic", "SampleCount", "Average", "Sum", "Minimum", "Maximum"),
                Checks.OneOf("treat_missing_data", "breaching", "notBreaching", "ignore", "missing"),
                Checks.OneOf("evaluate_low_sample_count_percentiles", "evaluate", "ignore"),
                Checks.Between("evaluation_periods", 1, int.MaxValue),
                Checks.Between("datapoints_to_alarm", 1, int.MaxValue),
                new AttributeRule("period", PeriodFault),
                new ExclusiveRule(["evaluation_criteria", "metric_name", "metric_query"], Required: true),
                new ExclusiveRule(["extended_statistic", "statistic"]),
                new NotEmulatedRule("evaluation_criteria"),
                new NotEmulatedRule("evaluation_interval"),
                new NotEmulatedRule("metric_query"),
                new NotEmulatedRule("threshold_metric_id"),
            ],
            Complete = CompleteAlarm,
            Identify = id => MapValue.Empty.With("alarm_name", id),
            Effects = MetricEffects,
        },
        new("aws_cloudwatch_composite_alarm")
        {
            ForceNew = ["alarm_name"],
            Defaults = new Dictionary<string, Value> { ["actions_enabled"] = true },
            Rules = [.. Common, Checks.Length("alarm_rule", 1, 10240), new NotEmulatedRule("actions_suppressor")],
            Complete = CompleteAlarm,
            Identify = id => MapValue.Empty.With("alarm_name", id),
            Effects = CompositeEffects,
        },
        new("aws_cloudwatch_dashboard")
        {
            ForceNew = ["dashboard_name"],
            Json = ["dashboard_body"],
            Rules =
            [
                Checks.Length("dashboard_name", 1, 255),
                Checks.Matches("dashboard_name", "^[0-9A-Za-z_-]+$", "only alphanumeric characters, hyphens and underscores allowed"),
                Checks.Json("dashboard_body"),
            ],
            Complete = writer =>
            {
                writer.Fill("id", writer.State["dashboard_name"]);
                writer.Fill("dashboard_arn", writer.Context.GlobalArn("cloudwatch", $"dashboard/{writer.Text("dashboard_name")}"));
            },
            Identify = id => MapValue.Empty.With("dashboard_name", id),
            Effects = new DashboardEffects(),
        },
    ];

    private static string? PeriodFault(string name, Value value) =>
        int.TryParse(value.ToString(), out var seconds) && (seconds is 10 or 20 or 30 || (seconds > 0 && seconds % 60 == 0))
            ? null
            : $"expected {name} to be one of [10 20 30] or to be divisible by 60, got: {value}";

    private static void CompleteAlarm(StateWriter writer)
    {
        var name = writer.Text("alarm_name");
        writer.Fill("id", name);
        writer.Fill("arn", writer.Context.Arn("cloudwatch", $"alarm:{name}"));
    }
}
