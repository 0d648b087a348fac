using System.Xml.Linq;
using BuildPipeline.Sandbox.Terraform.Rules;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Settings of buckets, each a document of the S3 API in the sandbox's store.</summary>
internal static class BucketSettingResources
{
    // A bucket that had versions keeps them when the setting goes.
    private static readonly BucketSettingEffects Versioning =
        new("versioning", "PutBucketVersioning", RenderVersioning, BucketSettingReaders.Versioning)
    {
        IsAbsence = state => state.Blocks("versioning_configuration") is [var configuration] && configuration.Text("status") == "Disabled",
        Removed = state => RenderVersioning(state) is null ? null : S3Xml.Versioning("Suspended"),
    };

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        Setting("aws_s3_bucket_versioning", Versioning) with
        {
            Rules =
            [
                Checks.OneOf("versioning_configuration.status", "Enabled", "Suspended", "Disabled"),
                Checks.OneOf("versioning_configuration.mfa_delete", "Enabled", "Disabled"),
                new NotEmulatedRule("versioning_configuration.mfa_delete", "Disabled"),
                new NotEmulatedRule("mfa"),
            ],
        },
        Setting("aws_s3_bucket_server_side_encryption_configuration", new(
            "encryption", "PutBucketEncryption", RenderEncryption, BucketSettingReaders.Encryption)) with
        {
            Rules =
            [
                Checks.OneOf("rule.apply_server_side_encryption_by_default.sse_algorithm", "AES256", "aws:kms", "aws:kms:dsse"),
                new NotEmulatedRule("rule.blocked_encryption_types"),
            ],
        },
        Setting("aws_s3_bucket_public_access_block", new(
            "publicAccessBlock", "PutPublicAccessBlock", RenderPublicAccess, BucketSettingReaders.PublicAccess)) with
        {
            Defaults = new[] { "block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets" }
                .ToDictionary(name => name, _ => (Value)false),
        },
        Setting("aws_s3_bucket_ownership_controls", new(
            "ownershipControls", "PutBucketOwnershipControls", RenderOwnership, BucketSettingReaders.Ownership)) with
        {
            Rules = [Checks.OneOf("rule.object_ownership", "BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced")],
        },
        Setting("aws_s3_bucket_lifecycle_configuration", new(
            "lifecycle", "PutBucketLifecycleConfiguration", LifecycleDocument.Render, LifecycleDocument.Parse)) with
        {
            Rules =
            [
                Checks.OneOf("rule.status", "Enabled", "Disabled"),
                Checks.Length("rule.id", 1, 255),
                Checks.Between("rule.expiration.days", 1, int.MaxValue),
                Checks.Between("rule.noncurrent_version_expiration.noncurrent_days", 1, int.MaxValue),
                Checks.Between("rule.abort_incomplete_multipart_upload.days_after_initiation", 1, int.MaxValue),
                new NotEmulatedRule("rule.transition"),
                new NotEmulatedRule("rule.noncurrent_version_transition"),
                new NotEmulatedRule("transition_default_minimum_object_size", "all_storage_classes_128K"),
            ],
            Defaults = new Dictionary<string, Value> { ["transition_default_minimum_object_size"] = "all_storage_classes_128K" },
        },
        Setting("aws_s3_bucket_policy", new(
            "policy", "PutBucketPolicy", state => state.Text("policy"), (state, document) => state.With("policy", document))) with
        {
            Json = ["policy"],
            Rules = [Checks.Policy("policy")],
        },
        Setting("aws_s3_bucket_logging", new("logging", "PutBucketLogging", RenderLogging, BucketSettingReaders.Logging) { IsRecordedOnly = true }) with
        {
            Rules = [new NotEmulatedRule("target_grant"), new NotEmulatedRule("target_object_key_format")],
            References = [new("target_bucket", "aws_s3_bucket", "bucket", "InvalidTargetBucketForLogging")],
        },
        Setting("aws_s3_bucket_notification", new(
            "notification", "PutBucketNotificationConfiguration", RenderNotification, BucketSettingReaders.Notification) { IsRecordedOnly = true }),
    ];

    private static ResourceDefinition Setting(string type, BucketSettingEffects effects) => new(type)
    {
        ForceNew = ["bucket", "expected_bucket_owner"],
        Complete = writer => writer.Fill(
            "id",
            writer.State.Text("expected_bucket_owner") is { Length: > 0 } owner ? $"{writer.Text("bucket")},{owner}" : writer.State["bucket"]),
        Identify = id => MapValue.Empty.With("bucket", id.Split(',')[0]).With("expected_bucket_owner", id.Split(',').Skip(1).FirstOrDefault()),
        Effects = effects,
    };

    /// <summary>A bucket that never had versions stays so with the status Disabled.</summary>
    private static string? RenderVersioning(MapValue state) =>
        state.Blocks("versioning_configuration") is [var configuration] && configuration.Text("status") is { } status and not "Disabled"
        ? S3Xml.Versioning(status)
        : null;

    private static string RenderOwnership(MapValue state) => S3Xml.Document(
        "OwnershipControls", S3Xml.Element("Rule", S3Xml.Element("ObjectOwnership", state.Blocks("rule") is [var rule] ? rule.Text("object_ownership") : null)));

    private static string RenderEncryption(MapValue state) =>
        S3Xml.Document("ServerSideEncryptionConfiguration", state.Blocks("rule").Select(rule => S3Xml.Element(
            "Rule",
            rule.Blocks("apply_server_side_encryption_by_default").Select(byDefault => S3Xml.Element(
                "ApplyServerSideEncryptionByDefault",
                S3Xml.Element("SSEAlgorithm", byDefault.Text("sse_algorithm")),
                S3Xml.Optional("KMSMasterKeyID", byDefault.Text("kms_master_key_id")))),
            S3Xml.Optional("BucketKeyEnabled", rule.Text("bucket_key_enabled")))));

    private static string RenderPublicAccess(MapValue state) => S3Xml.Document(
        "PublicAccessBlockConfiguration",
        S3Xml.Element("BlockPublicAcls", state.IsTrue("block_public_acls")),
        S3Xml.Element("IgnorePublicAcls", state.IsTrue("ignore_public_acls")),
        S3Xml.Element("BlockPublicPolicy", state.IsTrue("block_public_policy")),
        S3Xml.Element("RestrictPublicBuckets", state.IsTrue("restrict_public_buckets")));

    private static string RenderLogging(MapValue state) => S3Xml.Document("BucketLoggingStatus", S3Xml.Element(
        "LoggingEnabled",
        S3Xml.Element("TargetBucket", state.Text("target_bucket")),
        S3Xml.Element("TargetPrefix", state.Text("target_prefix"))));

    private static string RenderNotification(MapValue state) => S3Xml.Document(
        "NotificationConfiguration",
        Notifications(state, "topic", "TopicConfiguration", "Topic", "topic_arn"),
        Notifications(state, "queue", "QueueConfiguration", "Queue", "queue_arn"),
        Notifications(state, "lambda_function", "CloudFunctionConfiguration", "CloudFunction", "lambda_function_arn"),
        state.IsTrue("eventbridge") ? S3Xml.Element("EventBridgeConfiguration") : null);

    private static IEnumerable<object> Notifications(MapValue state, string block, string element, string target, string attribute) =>
        state.Blocks(block).Select(notification => S3Xml.Element(
            element,
            S3Xml.Optional("Id", notification.Text("id")),
            S3Xml.Element(target, notification.Text(attribute)),
            notification.Texts("events").Select(name => S3Xml.Element("Event", name)),
            S3Xml.Element("Filter", S3Xml.Element(
                "S3Key",
                FilterRule("prefix", notification.Text("filter_prefix")),
                FilterRule("suffix", notification.Text("filter_suffix"))))));

    private static XElement? FilterRule(string name, string? value) =>
        value is null ? null : S3Xml.Element("FilterRule", S3Xml.Element("Name", name), S3Xml.Element("Value", value));
}
