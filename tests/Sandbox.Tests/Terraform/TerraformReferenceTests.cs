using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Tests.Support;

namespace BuildPipeline.Sandbox.Tests.Terraform;

/// <summary>What does not exist, or is not emulated, is refused for each resource by its own code or name.</summary>
public sealed class TerraformReferenceTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    private static readonly Dictionary<string, string> CodeOf = new()
    {
        ["aws_subnet.x"] = "InvalidVpcID.NotFound",
        ["aws_security_group.x"] = "InvalidVpcID.NotFound",
        ["aws_vpc_security_group_ingress_rule.x"] = "InvalidGroup.NotFound",
        ["aws_route_table_association.subnet"] = "InvalidSubnetID.NotFound",
        ["aws_route_table_association.table"] = "InvalidRouteTableID.NotFound",
        ["aws_iam_role_policy.x"] = "NoSuchEntity",
        ["aws_iam_role_policy_attachment.x"] = "NoSuchEntity",
        ["aws_kms_alias.x"] = "NotFoundException",
        ["aws_cloudwatch_log_group.x"] = "InvalidParameterException",
        ["aws_cloudwatch_log_metric_filter.x"] = "ResourceNotFoundException",
        ["aws_s3_bucket_versioning.x"] = "NoSuchBucket",
        ["aws_s3_bucket_lifecycle_configuration.x"] = "NoSuchBucket",
        ["aws_s3_object.x"] = "NoSuchBucket",
        ["aws_s3_object.key"] = "KMS.NotFoundException",
        ["aws_s3_bucket_logging.x"] = "InvalidTargetBucketForLogging",
        ["aws_sns_topic_subscription.x"] = "NotFound",
        ["aws_sagemaker_training_job.x"] = "ValidationException",
    };

    private static readonly string[] NotEmulated =
    [
        "aws_s3_bucket.x: acl", "aws_s3_bucket.x: cors_rule", "aws_s3_bucket.x: object_lock_enabled", "aws_s3_bucket.x: policy",
        "aws_s3_object.x: object_lock_mode", "aws_s3_object.x: storage_class",
        "aws_cloudwatch_log_group.x: deletion_protection_enabled", "aws_cloudwatch_log_group.x: log_group_class",
        "aws_s3_bucket_server_side_encryption_configuration.x: rule.blocked_encryption_types",
        "aws_s3_bucket_lifecycle_configuration.x: rule.transition", "aws_s3_bucket_lifecycle_configuration.x: rule.noncurrent_version_transition",
        "aws_s3_bucket_lifecycle_configuration.x: transition_default_minimum_object_size",
        "aws_s3_bucket_versioning.x: mfa", "aws_s3_bucket_versioning.x: versioning_configuration.mfa_delete",
    ];

    [SkippableFact]
    public async Task Given_references_to_what_does_not_exist_When_applied_Then_each_is_refused_with_AWSs_code()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "unknown");

        var (exitCode, output) = await terraform.TryAsync("apply", "-auto-approve", "-input=false", "-json");
        await terraform.DestroyAsync("-refresh=false");

        var summaries = ErrorsOf(output).ToDictionary(error => (string)error["address"]!, error => (string)error["summary"]!);
        Assert.Equal(1, exitCode);
        Assert.Equal(CodeOf.Keys.Order(), summaries.Keys.Order());
        Assert.All(CodeOf, probe => Assert.Contains($"api error {probe.Value}:", summaries[probe.Key], StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Given_settings_that_the_sandbox_does_not_emulate_When_validated_Then_each_is_refused_by_name()
    {
        using var terraform = await TerraformFolder.OfFixtureAsync(sandbox, "unsupported");

        var (exitCode, output) = await terraform.TryAsync("plan", "-input=false", "-json");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            NotEmulated.Order(),
            ErrorsOf(output).Select(error => $"{error["address"]}: {((string)error["summary"]!).Split(' ')[^1]}").Order());
    }

    [SkippableFact]
    public async Task Given_a_type_that_the_sandbox_does_not_know_When_planned_Then_it_is_refused_by_name()
    {
        using var terraform = await TerraformFolder.OfTextAsync(sandbox, """resource "aws_sagemaker_endpoint" "x" { endpoint_config_name = "none" }""");

        var (exitCode, output) = await terraform.TryAsync("plan", "-input=false", "-json");

        Assert.Equal(1, exitCode);
        Assert.Contains("aws_sagemaker_endpoint", (string)Assert.Single(ErrorsOf(output))["detail"]!, StringComparison.Ordinal);
    }

    private static IReadOnlyList<JsonNode> ErrorsOf(string output) =>
        [.. TerraformFolder.DiagnosticsOf(output).Where(diagnostic => (string)diagnostic["severity"]! == "error")];
}
