using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Rules;
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
            Json = ["policy"],
            Rules =
            [
                Checks.BucketName("bucket"),
                Checks.Length("bucket_prefix", 0, 37),
                Checks.Policy("policy"),
                new ExclusiveRule(["bucket", "bucket_prefix"]),
            ],
            Complete = CompleteBucket,
            Effects = new BucketEffects(),
        },
        new("aws_s3_object")
        {
            ForceNew = ["bucket", "key"],
            Defaults = new Dictionary<string, Value> { ["force_destroy"] = false },
            Recomputed = Uploaded.ToDictionary(name => name, _ => UploadTriggers),
            Rules = [new ExclusiveRule(Sources), Checks.Length("key", 1, 1024), new ExclusiveRule(["etag", "kms_key_id"])],
            Complete = CompleteObject,
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
    public Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        var bucket = state.Text("bucket")!;
        if (prior is null)
        {
            S3Refusal.Rethrow($"creating S3 Bucket ({bucket})", "CreateBucket", () => context.Store.CreateBucket(bucket, context.Region));
        }

        S3Refusal.Rethrow($"updating S3 Bucket ({bucket})", "PutBucketTagging", () =>
        {
            context.Store.SetBucketSetting(bucket, "tagging", Tagging(state));
            if (state.Blocks("versioning") is [var versioning] && (versioning.IsTrue("enabled") || prior is not null))
            {
                context.Store.SetBucketSetting(
                    bucket, "versioning", S3Xml.Versioning(versioning.IsTrue("enabled") ? "Enabled" : "Suspended"));
            }
        });
        return Task.FromResult(state);
    }

    public void Delete(ResourceContext context, MapValue state)
    {
        var bucket = state.Text("bucket")!;
        if (!context.Store.BucketExists(bucket))
        {
            return;
        }

        S3Refusal.Rethrow($"deleting S3 Bucket ({bucket})", "DeleteBucket", () =>
        {
            foreach (var version in state.IsTrue("force_destroy") ? context.Store.Records(bucket, allVersions: true) : [])
            {
                context.Store.Delete(bucket, version.Key, version.VersionId, S3.Storage.WriteCondition.None);
            }

            context.Store.DeleteBucket(bucket);
        });
    }

    public MapValue? Read(ResourceContext context, MapValue state) => context.Store.BucketExists(state.Text("bucket")!) ? state : null;

    private static string? Tagging(MapValue state) => state["tags_all"] is MapValue { Members.IsEmpty: false } tags
        ? S3Xml.Document("Tagging", S3Xml.Element("TagSet", tags.Members.Keys.Select(key => S3Xml.Tag(key, tags.Text(key)))))
        : null;
}

/// <summary>The documents of S3's API, in its namespace and without what is absent.</summary>
internal static class S3Xml
{
    private static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    public static XElement Element(string name, params object?[] content) => new(Namespace + name, content);

    /// <summary>An element of one text; null where there is none, so that it is left out.</summary>
    public static XElement? Optional(string name, string? text) => string.IsNullOrEmpty(text) ? null : Element(name, text);

    public static string Document(string name, params object?[] content) => Element(name, content).ToString(SaveOptions.DisableFormatting);

    public static XElement Tag(string? key, string? value) => Element("Tag", Element("Key", key), Element("Value", value));

    public static string Versioning(string status) => Document("VersioningConfiguration", Element("Status", status));

    /// <summary>The text of the first element of a name anywhere in a document; null where there is none.</summary>
    public static string? Find(string document, string name) =>
        XElement.Parse(document).Descendants(Namespace + name).FirstOrDefault()?.Value;
}

/// <summary>Turns a refusal of the sandbox's S3 into the provider's words.</summary>
internal static class S3Refusal
{
    public static void Rethrow(string action, string operation, Action call)
    {
        try
        {
            call();
        }
        catch (AwsError error)
        {
            throw Of(action, operation, error);
        }
    }

    public static ResourceError Of(string action, string operation, AwsError error) =>
        ResourceError.FromApi(action, $"S3: {operation}", error.Status, error.Code, error.Message);
}
