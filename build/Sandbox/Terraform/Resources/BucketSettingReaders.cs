using System.Xml.Linq;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Settings of buckets from the documents of S3's API, whoever wrote them.</summary>
internal static class BucketSettingReaders
{
    public static MapValue Versioning(MapValue state, string document)
    {
        var before = state.Blocks("versioning_configuration") is [var configuration] ? configuration : MapValue.Empty;
        return state.With("versioning_configuration", One(before.With("status", S3Xml.Text(XElement.Parse(document), "Status") ?? "Disabled")));
    }

    public static MapValue? Encryption(MapValue state, string document)
    {
        var rules = S3Xml.Children(XElement.Parse(document), "Rule").Select(rule => MapValue.Empty
            .With("bucket_key_enabled", S3Xml.Text(rule, "BucketKeyEnabled") == "true" ? true : WithoutBucketKey(state))
            .With("apply_server_side_encryption_by_default", new ListValue([.. S3Xml.Children(rule, "ApplyServerSideEncryptionByDefault")
                .Select(byDefault => MapValue.Empty
                    .With("sse_algorithm", S3Xml.Text(byDefault, "SSEAlgorithm"))
                    .With("kms_master_key_id", S3Xml.Text(byDefault, "KMSMasterKeyID") ?? WithoutKey(state)))]))).ToList();
        return rules.Count == 0 ? null : state.With("rule", new SetValue(rules));
    }

    public static MapValue PublicAccess(MapValue state, string document)
    {
        var root = XElement.Parse(document);
        return state
            .With("block_public_acls", S3Xml.Text(root, "BlockPublicAcls") == "true")
            .With("ignore_public_acls", S3Xml.Text(root, "IgnorePublicAcls") == "true")
            .With("block_public_policy", S3Xml.Text(root, "BlockPublicPolicy") == "true")
            .With("restrict_public_buckets", S3Xml.Text(root, "RestrictPublicBuckets") == "true");
    }

    public static MapValue Ownership(MapValue state, string document) => state.With(
        "rule", One(MapValue.Empty.With("object_ownership", S3Xml.All(XElement.Parse(document), "ObjectOwnership").FirstOrDefault()?.Value)));

    public static MapValue? Logging(MapValue state, string document) =>
        S3Xml.Children(XElement.Parse(document), "LoggingEnabled").FirstOrDefault() is { } enabled
            ? state.With("target_bucket", S3Xml.Text(enabled, "TargetBucket")).With("target_prefix", S3Xml.Text(enabled, "TargetPrefix") ?? "")
            : null;

    public static MapValue? Notification(MapValue state, string document)
    {
        var root = XElement.Parse(document);
        return root.HasElements
            ? state
                .With("eventbridge", S3Xml.Children(root, "EventBridgeConfiguration").Any() ? true : state.IsTrue("eventbridge") ? false : state["eventbridge"])
                .With("topic", Targets(root, "TopicConfiguration", "Topic", "topic_arn"))
                .With("queue", Targets(root, "QueueConfiguration", "Queue", "queue_arn"))
                .With("lambda_function", Targets(root, "CloudFunctionConfiguration", "CloudFunction", "lambda_function_arn"))
            : null;
    }

    // What is off by default is off whether the configuration says so or not.
    private static Value WithoutBucketKey(MapValue state) =>
        state.Blocks("rule") is [var rule, ..] && rule["bucket_key_enabled"] is BoolValue { Truth: false } off ? off : Value.Null;

    private static string? WithoutKey(MapValue state) =>
        state.Blocks("rule") is [var rule, ..] && rule.Blocks("apply_server_side_encryption_by_default") is [var byDefault, ..]
            && byDefault.Text("kms_master_key_id") == "" ? "" : null;

    private static ListValue Targets(XElement root, string element, string target, string attribute) =>
        new([.. S3Xml.Children(root, element).Select(notification => MapValue.Empty
            .With("id", S3Xml.Text(notification, "Id"))
            .With(attribute, S3Xml.Text(notification, target))
            .With("events", Value.SetOf(S3Xml.Children(notification, "Event").Select(name => name.Value)))
            .With("filter_prefix", FilterOf(notification, "prefix"))
            .With("filter_suffix", FilterOf(notification, "suffix")))]);

    private static string? FilterOf(XElement notification, string name) => S3Xml.All(notification, "FilterRule")
        .Where(rule => string.Equals(S3Xml.Text(rule, "Name"), name, StringComparison.OrdinalIgnoreCase))
        .Select(rule => S3Xml.Text(rule, "Value")).FirstOrDefault();

    private static ListValue One(MapValue block) => new([block]);
}
