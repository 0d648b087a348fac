using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Rules of EventBridge and their targets.</summary>
internal static class EventResources
{
    private static readonly string[] OtherTargets =
    [
        "appsync_target", "batch_target", "dead_letter_config", "ecs_target", "http_target", "kinesis_target", "redshift_target", "retry_policy.maximum_event_age_in_seconds",
        "run_command_targets", "sagemaker_pipeline_target", "sqs_target",
    ];

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_cloudwatch_event_rule")
        {
            ForceNew = ["event_bus_name", "name", "name_prefix"],
            Defaults = new Dictionary<string, Value> { ["event_bus_name"] = "default", ["force_destroy"] = false },
            Json = ["event_pattern"],
            Rules =
            [
                Checks.Length("name", 1, 64),
                Checks.Matches("name", "^[0-9A-Za-z_.-]+$", "only alphanumeric characters, periods, hyphens and underscores allowed"),
                Checks.Length("description", 0, 512),
                Checks.Json("event_pattern"),
                Checks.OneOf("state", "DISABLED", "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"),
                new ExclusiveRule(["name", "name_prefix"]),
                new ExclusiveRule(["is_enabled", "state"]),
                new NotEmulatedRule("event_bus_name", "default"),
                Checks.Length("schedule_expression", 0, 256),
                new NotEmulatedRule("role_arn"),
            ],
            Unique = new("name", "ResourceAlreadyExistsException"),
            Complete = writer =>
            {
                var name = writer.FillName();
                writer.Fill("id", name);
                writer.Fill("arn", writer.Context.Arn("events", $"rule/{name}"));
            },
            Identify = id => MapValue.Empty.With("id", id).With("name", id.Split('/')[^1]),
            Effects = new RuleEffects(),
        },
        new("aws_cloudwatch_event_target")
        {
            ForceNew = ["event_bus_name", "rule", "target_id"],
            Defaults = new Dictionary<string, Value> { ["event_bus_name"] = "default", ["force_destroy"] = false },
            Rules =
            [
                Checks.Arn("arn"), Checks.Arn("role_arn"), Checks.Length("target_id", 1, 64), new ExclusiveRule(["input", "input_path", "input_transformer"]),
                new NotEmulatedRule("event_bus_name", "default"),
                .. OtherTargets.Select(setting => new NotEmulatedRule(setting)),
            ],
            Complete = writer => writer.Fill("id", $"{writer.Text("rule")}-{writer.FillName("target_id")}"),
            ImportId = state => $"{state.Text("rule")}/{state.Text("target_id")}",
            Identify = id => id.Split('/') is [.., var rule, var target] ? MapValue.Empty.With("rule", rule).With("target_id", target) : MapValue.Empty,
            Effects = new TargetEffects(),
        },
    ];
}
