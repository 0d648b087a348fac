using System.Xml.Linq;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Buckets and objects, which are those of the sandbox's S3.</summary>
internal static class BucketResources
{
    private static readonly string[] Sources = ["content", "content_base64", "source"];

    private static readonly string[] UploadTriggers =
        [.. Sources, "source_hash", "etag", "kms_key_id", "metadata", "content_type", "server_side_encryption"];

    // What S3 says of the bytes that it got.
    private static readonly string[] Uploaded =
        ["checksum_crc32", "checksum_crc32c", "checksum_crc64nvme", "checksum_sha1", "checksum_sha256", "etag", "version_id"];

    private static readonly string[] InlineBlocks =
    [
        "cors_rule", "grant", "lifecycle_rule", "logging", "object_lock_configuration", "replication_configuration",
        "server_side_encryption_configuration", "website",
    ];

    private static readonly string[] UnsupportedOfObjects =
        ["checksum_algorithm", "object_lock_legal_hold_status", "object_lock_mode", "object_lock_retain_until_date", "website_redirect"];

    private static readonly Dictionary<string, string> HostedZones = new()
    {
        ["us-east-1"] = "Z3AQBSTGFYJSTF",
        ["us-east-2"] = "Z2O1EMRO9K5GLX",
        ["us-west-2"] = "Z3BJ6K6RIION7M",
        ["eu-west-1"] = "Z1BKCTXD74EZPE",
        ["eu-central-1"] = "Z21DNDUVLTQW6Q",
    };

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new("aws_s3_bucket")
        {
            ForceNew = ["bucket", "bucket_prefix", "bucket_namespace", "object_lock_enabled"],
            Defaults = new Dictionary<string, Value> { ["force_destroy"] = false },
            Rules =
            [
                Checks.BucketName("bucket"),
                Checks.Length("bucket_prefix", 0, 37),
                new ExclusiveRule(["bucket", "bucket_prefix"]),
                new NotEmulatedRule("acceleration_status", "", "Suspended"),
                new NotEmulatedRule("acl", "private"),
                new NotEmulatedRule("bucket_namespace", "global"),
                new NotEmulatedRule("object_lock_enabled", "false"),
                new NotEmulatedRule("policy"),
                new NotEmulatedRule("request_payer", "BucketOwner"),
                new NotEmulatedRule("versioning.mfa_delete", "false"),
                .. InlineBlocks.Select(block => new NotEmulatedRule(block)),
            ],
            Complete = CompleteBucket,
            Identify = id => MapValue.Empty.With("bucket", id),
            Effects = new BucketEffects(),
        },
        new("aws_s3_object")
        {
            ForceNew = ["bucket", "key"],
            Defaults = new Dictionary<string, Value> { ["force_destroy"] = false },
            Recomputed = Uploaded.ToDictionary(name => name, _ => UploadTriggers),
            Rules =
            [
                new ExclusiveRule(Sources), Checks.Length("key", 1, 1024), new ExclusiveRule(["etag", "kms_key_id"]),
                new NotEmulatedRule("acl", "private"), new NotEmulatedRule("storage_class", "STANDARD"),
                .. UnsupportedOfObjects.Select(name => new NotEmulatedRule(name)),
            ],
            Complete = CompleteObject,
            Identify = IdentifyObject,
            Effects = new ObjectEffects(),
        },
    ];

    private static void CompleteBucket(StateWriter writer)
    {
        var (name, region) = (writer.FillName("bucket", "bucket_prefix"), writer.Context.Region);
        var suffix = writer.Context.Partition.DnsSuffix;
        writer.Fill("id", name);
        writer.Fill("arn", $"arn:{writer.Context.Partition.Name}:s3:::{name}");
        writer.Fill("bucket_domain_name", $"{name}.s3.{suffix}");
        writer.Fill("bucket_regional_domain_name", $"{name}.s3.{region}.{suffix}");
        writer.Fill("bucket_region", region);
        writer.Fill("hosted_zone_id", HostedZones.GetValueOrDefault(region, ""));
        writer.Fill("request_payer", "BucketOwner");
        writer.Fill("object_lock_enabled", false);
        foreach (var absent in new[] { "acceleration_status", "policy", "website_domain", "website_endpoint" })
        {
            writer.Fill(absent, "");
        }
    }

    /// <summary>An object is imported as <c>bucket/key</c> or <c>s3://bucket/key</c>.</summary>
    private static MapValue IdentifyObject(string id)
    {
        const string Scheme = "s3://";
        var parts = (id.StartsWith(Scheme, StringComparison.Ordinal) ? id[Scheme.Length..] : id).Split('/', 2);
        return MapValue.Empty.With("bucket", parts[0]).With("key", parts.Length > 1 ? parts[1] : "");
    }

    private static void CompleteObject(StateWriter writer)
    {
        var (bucket, key) = (writer.Text("bucket"), writer.Text("key"));
        writer.Fill("id", $"{bucket}/{key}");
        writer.Fill("arn", $"arn:{writer.Context.Partition.Name}:s3:::{bucket}/{key}");
        writer.Fill("content_type", "application/octet-stream");
        writer.Fill("storage_class", "STANDARD");
        writer.Fill("bucket_key_enabled", false);
        foreach (var checksum in Uploaded.Where(name => name.StartsWith("checksum_", StringComparison.Ordinal)))
        {
            writer.Fill(checksum, "");
        }
    }
}

/// <summary>Creates the bucket in the sandbox's S3, and deletes it as far as <c>force_destroy</c> allows.</summary>
internal sealed class BucketEffects : IResourceEffects
{
    private const string TagSetting = "tagging";

    public Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var bucket = state.Text("bucket")!;
        if (prior is null)
        {
            S3Refusal.Rethrow($"creating S3 Bucket ({bucket})", "CreateBucket", () => context.Store.CreateBucket(bucket, context.Region));
        }

        S3Refusal.Rethrow($"updating S3 Bucket ({bucket})", "PutBucketTagging", () =>
        {
            var tags = ProviderTags.ToWrite(context.Provider, state, TagsOf(context, bucket));
            S3Refusal.Put(context, bucket, TagSetting, tags.Count == 0 ? null : S3Xml.Document(
                "Tagging", S3Xml.Element("TagSet", tags.Select(tag => S3Xml.Tag(tag.Key, tag.Value)))));
            if (state.Blocks("versioning") is [var versioning] && (versioning.IsTrue("enabled") || prior is not null))
            {
                S3Refusal.Put(
                    context, bucket, "versioning", S3Xml.Versioning(versioning.IsTrue("enabled") ? "Enabled" : "Suspended"));
            }
        });
        return Task.FromResult(state);
    }

    public Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        var bucket = state.Text("bucket")!;
        if (!context.Store.BucketExists(bucket))
        {
            return Task.CompletedTask;
        }

        S3Refusal.Rethrow($"deleting S3 Bucket ({bucket})", "DeleteBucket", () =>
        {
            foreach (var version in state.IsTrue("force_destroy") ? context.Store.Records(bucket, allVersions: true) : [])
            {
                context.Store.Delete(bucket, version.Key, version.VersionId, S3.Storage.WriteCondition.None);
            }

            context.Store.DeleteBucket(bucket);
        });
        return Task.CompletedTask;
    }

    public Task<MapValue?> ReadAsync(ResourceContext context, MapValue state)
    {
        var bucket = state.Text("bucket")!;
        return Task.FromResult(context.Store.BucketExists(bucket)
            ? ProviderTags.Observe(context.Provider, state, TagsOf(context, bucket)).With("bucket_region", context.Store.Describe(bucket).Region)
            : null);
    }

    private static Dictionary<string, string> TagsOf(ResourceContext context, string bucket) =>
        context.Store.GetBucketSetting(bucket, TagSetting) is { } document
            ? S3Xml.All(XElement.Parse(document), "Tag").ToDictionary(tag => tag.ChildText("Key") ?? "", tag => tag.ChildText("Value") ?? "")
            : [];
}
