using System.Xml.Linq;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Settings of buckets from the documents of S3's API, whoever wrote them.</summary>
internal static class BucketSettingReaders
{
    public static MapValue Versioning(MapValue state, string document)
    {
        var before = state.Blocks("versioning_configuration") is [var configuration] ? configuration : MapValue.Empty;
        return state.With("versioning_configuration", One(before.With("status", XElement.Parse(document).ChildText("Status") ?? "Disabled")));
    }

    public static MapValue? Encryption(MapValue state, string document)
    {
        var rules = XElement.Parse(document).Children("Rule").Select(rule => MapValue.Empty
            .With("bucket_key_enabled", rule.ChildText("BucketKeyEnabled") == "true" ? true : WithoutBucketKey(state))
            .With("apply_server_side_encryption_by_default", new ListValue([.. rule.Children("ApplyServerSideEncryptionByDefault")
                .Select(byDefault => MapValue.Empty
                    .With("sse_algorithm", byDefault.ChildText("SSEAlgorithm"))
                    .With("kms_master_key_id", byDefault.ChildText("KMSMasterKeyID") ?? WithoutKey(state)))]))).ToList();
        return rules.Count == 0 ? null : state.With("rule", new SetValue(rules));
    }

    public static MapValue PublicAccess(MapValue state, string document)
    {
        var root = XElement.Parse(document);
        return state
            .With("block_public_acls", root.ChildText("BlockPublicAcls") == "true")
            .With("ignore_public_acls", root.ChildText("IgnorePublicAcls") == "true")
            .With("block_public_policy", root.ChildText("BlockPublicPolicy") == "true")
            .With("restrict_public_buckets", root.ChildText("RestrictPublicBuckets") == "true");
    }

    public static MapValue Ownership(MapValue state, string document) => state.With(
        "rule", One(MapValue.Empty.With("object_ownership", S3Xml.All(XElement.Parse(document), "ObjectOwnership").FirstOrDefault()?.Value)));

    public static MapValue? Logging(MapValue state, string document) =>
        XElement.Parse(document).Children("LoggingEnabled").FirstOrDefault() is { } enabled
            ? state.With("target_bucket", enabled.ChildText("TargetBucket")).With("target_prefix", enabled.ChildText("TargetPrefix") ?? "")
            : null;

    public static MapValue? Notification(MapValue state, string document)
    {
        var root = XElement.Parse(document);
        return root.HasElements
            ? state
                .With("eventbridge", root.Children("EventBridgeConfiguration").Any() ? true : state.IsTrue("eventbridge") ? false : state["eventbridge"])
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
        new([.. root.Children(element).Select(notification => MapValue.Empty
            .With("id", notification.ChildText("Id"))
            .With(attribute, notification.ChildText(target))
            .With("events", Value.SetOf(notification.Children("Event").Select(name => name.Value)))
            .With("filter_prefix", FilterOf(notification, "prefix"))
            .With("filter_suffix", FilterOf(notification, "suffix")))]);

    private static string? FilterOf(XElement notification, string name) => S3Xml.All(notification, "FilterRule")
        .Where(rule => string.Equals(rule.ChildText("Name"), name, StringComparison.OrdinalIgnoreCase))
        .Select(rule => rule.ChildText("Value")).FirstOrDefault();

    private static ListValue One(MapValue block) => new([block]);
}
