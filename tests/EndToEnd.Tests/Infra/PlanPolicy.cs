using System.Text.Json;
using BuildPipeline.Secrets;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>What no plan of the infrastructure may do: open something to the public, leave something unencrypted, untagged or not kept, or write a secret down.</summary>
internal static class PlanPolicy
{
    private static readonly string[] Blocks = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
    private static readonly string[] Tags = ["team", "environment"];
    private static readonly string[] Internet = ["0.0.0.0/0", "::/0"];

    // Types by which a network gets a way to the internet, or a machine a public address.
    private static readonly string[] PublicTypes = ["aws_internet_gateway", "aws_nat_gateway", "aws_egress_only_internet_gateway", "aws_eip", "aws_route", "aws_s3_bucket_acl"];

    /// <summary>What is wrong with a plan, each as RULE: ADDRESS; empty if nothing is.</summary>
    /// <param name="plan">As <c>terraform show -json</c> prints it.</param>
    public static IReadOnlyList<string> Violations(JsonElement plan)
    {
        var resources = PlannedResource.Read(plan);
        return
        [
            .. Named("public", resources.Where(IsPublic)),
            .. Named("unencrypted", resources.Where(resource => IsUnencrypted(resource, resources))),
            .. Named("untagged", resources.Where(IsUntagged)),
            .. Named("not kept", resources.Where(resource => IsNotKept(resource, resources))),
            // The key of an object is its name.
            .. SecretScan.Find([new SettingsSource("plan", plan.GetRawText())]).Where(name => !name.EndsWith(".key (plan)", StringComparison.Ordinal)).Select(name => $"secret: {name}"),
        ];
    }

    private static IEnumerable<string> Named(string rule, IEnumerable<PlannedResource> resources) => resources.Select(resource => $"{rule}: {resource.Address}");

    // An object has at most ten tags, which are the team's: it is found by its bucket.
    private static bool IsUntagged(PlannedResource resource) =>
        resource.Type != "aws_s3_object" && resource.After.TryGetProperty("tags_all", out var tags) && !Tags.All(name => HasText(tags, name));

    private static bool IsPublic(PlannedResource resource) => resource.Type switch
    {
        _ when PublicTypes.Contains(resource.Type) => true,
        "aws_s3_bucket_public_access_block" => !Blocks.All(resource.IsTrue),
        "aws_subnet" => resource.IsTrue("map_public_ip_on_launch"),
        "aws_codebuild_project" => resource.Text("project_visibility") is not (null or "PRIVATE") || resource.IsTrue("badge_enabled"),
        "aws_vpc_security_group_ingress_rule" or "aws_vpc_security_group_egress_rule" => Internet.Contains(resource.Text("cidr_ipv4")) || Internet.Contains(resource.Text("cidr_ipv6")),
        "aws_security_group" or "aws_default_security_group" or "aws_route_table" => Internet.Any(range => resource.After.GetRawText().Contains($"\"{range}\"", StringComparison.Ordinal)),
        _ => resource.Text("policy") is { } policy && resource.Type != "aws_vpc_endpoint" && LetsAnyoneIn(policy),
    };

    // Whoever * is allowed something without a condition is everybody. An endpoint of a VPC is reached from the VPC only.
    private static bool LetsAnyoneIn(string policy)
    {
        using var document = JsonDocument.Parse(policy);
        return Items(document.RootElement.GetProperty("Statement")).Any(statement =>
            statement.GetProperty("Effect").GetString() == "Allow"
            && statement.TryGetProperty("Principal", out var principal)
            && Items(principal.ValueKind == JsonValueKind.Object && principal.TryGetProperty("AWS", out var accounts) ? accounts : principal)
                .Any(name => name.ValueKind == JsonValueKind.String && name.GetString() == "*")
            && !statement.TryGetProperty("Condition", out _));
    }

    private static bool IsUnencrypted(PlannedResource resource, IReadOnlyList<PlannedResource> all) => resource.Type switch
    {
        "aws_s3_bucket" => !all.Any(other => other.Type == "aws_s3_bucket_server_side_encryption_configuration" && other.Text("bucket") == resource.Text("bucket")),
        "aws_s3_bucket_server_side_encryption_configuration" => !resource.After.GetRawText().Contains("\"sse_algorithm\":\"aws:kms\"", StringComparison.Ordinal),
        "aws_sns_topic" => !resource.IsKnownOrComing("kms_master_key_id"),
        "aws_kms_key" => !resource.IsTrue("enable_key_rotation"),
        "aws_s3_object" => resource.Text("server_side_encryption") is "AES256" or "aws:kms:dsse",
        "aws_codebuild_project" => !resource.IsKnownOrComing("encryption_key"),
        "aws_sagemaker_training_job" => !resource.IsKnownOrComing("output_data_config", "kms_key_id"),
        _ => false,
    };

    private static bool IsNotKept(PlannedResource resource, IReadOnlyList<PlannedResource> all) => resource.Type switch
    {
        "aws_s3_bucket" => resource.IsTrue("force_destroy")
            || !all.Any(other => other.Type == "aws_s3_bucket_lifecycle_configuration" && other.Text("bucket") == resource.Text("bucket"))
            || !all.Any(other => other.Type == "aws_s3_bucket_versioning" && other.Text("bucket") == resource.Text("bucket")),
        "aws_s3_bucket_versioning" => !resource.After.GetRawText().Contains("\"status\":\"Enabled\"", StringComparison.Ordinal),
        "aws_cloudwatch_log_group" => !resource.After.TryGetProperty("retention_in_days", out var days) || days.ValueKind != JsonValueKind.Number || days.GetInt32() == 0,
        "aws_kms_key" => !resource.After.TryGetProperty("deletion_window_in_days", out var window) || window.ValueKind != JsonValueKind.Number,
        _ => false,
    };

    private static bool HasText(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0;

    private static IEnumerable<JsonElement> Items(JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [element];
}
