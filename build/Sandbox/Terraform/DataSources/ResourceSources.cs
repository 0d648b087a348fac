using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.DataSources;

/// <summary>Data sources that find one resource by its name.</summary>
internal static class ResourceSources
{
    public static async Task<MapValue> RoleAsync(MapValue config, ResourceContext context)
    {
        var role = await FindRoleAsync(context, config.Text("name")!);
        var tags = role.Objects("Tags").Aggregate(MapValue.Empty, (all, tag) => all.With(tag.RequiredText("Key"), tag.RequiredText("Value")));
        return config
            .With("id", role.RequiredText("RoleName"))
            .With("arn", role.RequiredText("Arn"))
            .With("assume_role_policy", IamApi.Document(role, "AssumeRolePolicyDocument"))
            .With("create_date", role.RequiredText("CreateDate"))
            .With("description", role.Text("Description"))
            .With("max_session_duration", (long)role.Integer("MaxSessionDuration")!)
            .With("path", role.RequiredText("Path"))
            .With("permissions_boundary", (role["PermissionsBoundary"] as JsonObject)?.Text("PermissionsBoundaryArn"))
            .With("unique_id", role.RequiredText("RoleId"))
            .With("tags", tags);
    }

    /// <summary>The role behind an assumed role's session; any other ARN is its own issuer.</summary>
    public static async Task<MapValue> SessionContextAsync(MapValue config, ResourceContext context)
    {
        var arn = config.Text("arn")!;
        var state = config.With("id", arn).With("issuer_arn", arn).With("issuer_id", "").With("issuer_name", "").With("session_name", "");
        if (arn.Split(':') is not [_, _, "sts", _, _, var resource] || resource.Split('/') is not ["assumed-role", var name, var session])
        {
            return state;
        }

        var role = await FindRoleAsync(context, name);
        return state.With("issuer_arn", role.RequiredText("Arn")).With("issuer_id", role.RequiredText("RoleId")).With("issuer_name", name)
            .With("session_name", session);
    }

    public static MapValue Key(MapValue config, ResourceContext context)
    {
        var name = config.Text("key_id")!;
        var key = KmsResources.Find(context, name) ?? throw ResourceError.FromApi(
            $"reading KMS Key ({name})", "KMS: DescribeKey", 400, "NotFoundException", $"Key '{name}' does not exist");
        var enabled = key.IsTrue("is_enabled");
        return Copy(config, key, "arn", "customer_master_key_spec", "description", "id", "key_usage")
            .With("aws_account_id", context.Account)
            .With("enabled", enabled)
            .With("key_manager", "CUSTOMER")
            .With("key_spec", key["customer_master_key_spec"])
            .With("key_state", enabled ? "Enabled" : "Disabled")
            .With("multi_region", key.IsTrue("multi_region"))
            .With("origin", "AWS_KMS");
    }

    public static MapValue Bucket(MapValue config, ResourceContext context)
    {
        var bucket = config.Text("bucket")!;
        if (!context.Store.BucketExists(bucket))
        {
            throw NotFound("S3 Bucket", bucket);
        }

        var region = context.Store.Describe(bucket).Region;
        var suffix = context.Partition.DnsSuffix;
        var state = config
            .With("id", bucket)
            .With("arn", $"arn:{context.Partition.Name}:s3:::{bucket}")
            .With("bucket_domain_name", $"{bucket}.s3.{suffix}")
            .With("bucket_region", region)
            .With("bucket_regional_domain_name", $"{bucket}.s3.{region}.{suffix}");
        return context.Registry.Find("aws_s3_bucket", "bucket", bucket) is { } resource ? Copy(state, resource, "hosted_zone_id") : state;
    }

    /// <summary>The config with attributes of the found resource.</summary>
    public static MapValue Copy(MapValue config, MapValue resource, params string[] attributes) =>
        attributes.Aggregate(config, (state, attribute) => state.With(attribute, resource[attribute]));

    private static async Task<JsonObject> FindRoleAsync(ResourceContext context, string name) =>
        (await IamApi.Client.FindAsync(context, "GetRole", new() { ["RoleName"] = name }))?["Role"] as JsonObject ?? throw NotFound("IAM Role", name);

    private static ResourceError NotFound(string kind, string name) => new($"reading {kind} ({name}): couldn't find resource");
}
