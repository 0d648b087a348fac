using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Log groups.</summary>
internal static class LogGroupResource
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
            Complete = CompleteGroup,
            IsRetained = state => state.IsTrue("skip_destroy"),
            Identify = id => MapValue.Empty.With("name", id),
            Effects = new LogGroupEffects(),
        },
    ];

    private static void CompleteGroup(StateWriter writer)
    {
        var name = writer.FillName();
        writer.Fill("id", name);
        writer.Fill("arn", writer.Context.Arn("logs", $"log-group:{name}"));
    }
}
