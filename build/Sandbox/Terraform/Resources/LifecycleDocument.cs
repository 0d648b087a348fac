using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>A bucket's lifecycle rules as S3's API writes them.</summary>
internal static class LifecycleDocument
{
    public static readonly string[] StorageClasses =
        ["DEEP_ARCHIVE", "GLACIER", "GLACIER_IR", "INTELLIGENT_TIERING", "ONEZONE_IA", "STANDARD_IA"];

    public static string Render(MapValue state) => S3Xml.Document("LifecycleConfiguration", state.Blocks("rule").Select(RenderRule));

    private static object RenderRule(MapValue rule) => S3Xml.Element(
        "Rule",
        S3Xml.Element("ID", rule.Text("id")),
        S3Xml.Element("Status", rule.Text("status")),
        S3Xml.Element("Filter", rule.Blocks("filter").Select(RenderFilter)),
        rule.Blocks("expiration").Select(expiration => S3Xml.Element(
            "Expiration",
            S3Xml.Optional("Date", expiration.Text("date")),
            S3Xml.Optional("Days", expiration.Text("days")),
            S3Xml.Optional("ExpiredObjectDeleteMarker", expiration.Text("expired_object_delete_marker")))),
        rule.Blocks("transition").Select(transition => S3Xml.Element(
            "Transition",
            S3Xml.Optional("Date", transition.Text("date")),
            S3Xml.Optional("Days", transition.Text("days")),
            S3Xml.Element("StorageClass", transition.Text("storage_class")))),
        rule.Blocks("noncurrent_version_expiration")
            .Select(expiration => S3Xml.Element("NoncurrentVersionExpiration", Noncurrent(expiration))),
        rule.Blocks("noncurrent_version_transition").Select(transition => S3Xml.Element(
            "NoncurrentVersionTransition", Noncurrent(transition), S3Xml.Element("StorageClass", transition.Text("storage_class")))),
        rule.Blocks("abort_incomplete_multipart_upload").Select(abort => S3Xml.Element(
            "AbortIncompleteMultipartUpload", S3Xml.Element("DaysAfterInitiation", abort.Text("days_after_initiation")))));

    private static object?[] Noncurrent(MapValue block) =>
    [
        S3Xml.Element("NoncurrentDays", block.Text("noncurrent_days")),
        S3Xml.Optional("NewerNoncurrentVersions", block.Text("newer_noncurrent_versions")),
    ];

    private static object?[] RenderFilter(MapValue filter) =>
    [
        .. Conditions(filter),
        filter.Blocks("tag").Select(tag => S3Xml.Tag(tag.Text("key"), tag.Text("value"))),
        filter.Blocks("and").Select(and => S3Xml.Element(
            "And",
            Conditions(and),
            and["tags"] is MapValue tags ? tags.Members.Keys.Select(key => S3Xml.Tag(key, tags.Text(key))) : null)),
    ];

    private static object?[] Conditions(MapValue filter) =>
    [
        S3Xml.Optional("Prefix", filter.Text("prefix")),
        S3Xml.Optional("ObjectSizeGreaterThan", filter.Text("object_size_greater_than")),
        S3Xml.Optional("ObjectSizeLessThan", filter.Text("object_size_less_than")),
    ];
}
