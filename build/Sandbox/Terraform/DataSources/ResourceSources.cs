using BuildPipeline.Sandbox.Terraform.Resources;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.DataSources;

/// <summary>Data sources that find one resource by its name.</summary>
internal static class ResourceSources
{
    public static MapValue Role(MapValue config, ResourceContext context)
    {
        var name = config.Text("name")!;
        var role = AccountDefaults.FindRole(context, name) ?? throw NotFound("IAM Role", name);
        return Copy(
            config, role, "arn", "assume_role_policy", "create_date", "description", "id", "max_session_duration", "path",
            "permissions_boundary", "unique_id")
            .With("tags", Filters.TagsOf(role));
    }

    /// <summary>The role behind an assumed role's session; any other ARN is its own issuer.</summary>
    public static MapValue SessionContext(MapValue config, ResourceContext context)
    {
        var arn = config.Text("arn")!;
        var state = config.With("id", arn).With("issuer_arn", arn).With("issuer_id", "").With("issuer_name", "").With("session_name", "");
        if (arn.Split(':') is not [_, _, "sts", _, _, var resource] || resource.Split('/') is not ["assumed-role", var name, var session])
        {
            return state;
        }

        var role = AccountDefaults.FindRole(context, name) ?? throw NotFound("IAM Role", name);
        return state.With("issuer_arn", role["arn"]).With("issuer_id", role["unique_id"]).With("issuer_name", name)
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

    private static ResourceError NotFound(string kind, string name) => new($"reading {kind} ({name}): couldn't find resource");
}
