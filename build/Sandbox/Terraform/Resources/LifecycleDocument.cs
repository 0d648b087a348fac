using System.Xml.Linq;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>A bucket's lifecycle rules as S3's API writes them.</summary>
internal static class LifecycleDocument
{
    // Neither terraform nor another client can store one.
    private static readonly SetValue NoTransitions = new([]);

    public static string Render(MapValue state) => S3Xml.Document("LifecycleConfiguration", state.Blocks("rule").Select(RenderRule));

    /// <summary>The state with the rules of a document; null if it has none.</summary>
    public static MapValue? Parse(MapValue state, string document)
    {
        var rules = XElement.Parse(document).Children("Rule").Select(ParseRule).ToList();
        return rules.Count == 0 ? null : state.With("rule", new ListValue([.. rules]));
    }

    private static MapValue ParseRule(XElement rule) => MapValue.Empty
        .With("id", rule.ChildText("ID") ?? "")
        .With("status", rule.ChildText("Status"))
        .With("prefix", rule.ChildText("Prefix"))
        .With("filter", Blocks(rule, "Filter", ParseFilter))
        .With("expiration", Blocks(rule, "Expiration", expiration => MapValue.Empty
            .With("date", expiration.ChildText("Date"))
            .With("days", Number(expiration, "Days"))
            .With("expired_object_delete_marker", expiration.ChildText("ExpiredObjectDeleteMarker") is { } flag ? flag == "true" : Value.Null)))
        .With("transition", NoTransitions)
        .With("noncurrent_version_expiration", Blocks(rule, "NoncurrentVersionExpiration", ParseNoncurrent))
        .With("noncurrent_version_transition", NoTransitions)
        .With("abort_incomplete_multipart_upload", Blocks(rule, "AbortIncompleteMultipartUpload", abort =>
            MapValue.Empty.With("days_after_initiation", Number(abort, "DaysAfterInitiation"))));

    private static MapValue ParseFilter(XElement filter) => ParseConditions(filter)
        .With("tag", Blocks(filter, "Tag", tag => MapValue.Empty.With("key", tag.ChildText("Key")).With("value", tag.ChildText("Value"))))
        .With("and", Blocks(filter, "And", and => ParseConditions(and).With(
            "tags", and.Children("Tag").Aggregate((Value)Value.Null, (tags, tag) =>
                (tags as MapValue ?? MapValue.Empty).With(tag.ChildText("Key") ?? "", tag.ChildText("Value"))))));

    private static MapValue ParseConditions(XElement filter) => MapValue.Empty
        .With("prefix", filter.ChildText("Prefix"))
        .With("object_size_greater_than", Number(filter, "ObjectSizeGreaterThan"))
        .With("object_size_less_than", Number(filter, "ObjectSizeLessThan"));

    private static MapValue ParseNoncurrent(XElement block) => MapValue.Empty
        .With("noncurrent_days", Number(block, "NoncurrentDays"))
        .With("newer_noncurrent_versions", Number(block, "NewerNoncurrentVersions"));

    private static ListValue Blocks(XElement parent, string name, Func<XElement, MapValue> parse) =>
        new([.. parent.Children(name).Select(parse)]);

    private static Value Number(XElement parent, string name) => parent.ChildText(name) is { } text ? NumberValue.Parse(text) : Value.Null;

    private static object RenderRule(MapValue rule) => S3Xml.Element(
        "Rule",
        S3Xml.Element("ID", rule.Text("id")),
        S3Xml.Element("Status", rule.Text("status")),
        rule.Blocks("filter") is [var filter] ? S3Xml.Element("Filter", RenderFilter(filter)) : S3Xml.Element("Prefix", rule.Text("prefix") ?? ""),
        rule.Blocks("expiration").Select(expiration => S3Xml.Element(
            "Expiration",
            S3Xml.Optional("Date", expiration.Text("date")),
            S3Xml.Optional("Days", expiration.Text("days")),
            MarkerOf(expiration))),
        rule.Blocks("noncurrent_version_expiration")
            .Select(expiration => S3Xml.Element("NoncurrentVersionExpiration", Noncurrent(expiration))),
        rule.Blocks("abort_incomplete_multipart_upload").Select(abort => S3Xml.Element(
            "AbortIncompleteMultipartUpload", S3Xml.Element("DaysAfterInitiation", abort.Text("days_after_initiation")))));

    // S3 takes it alone; beside a day, the provider leaves it out.
    private static XElement? MarkerOf(MapValue expiration) => expiration.Text("date") is null && expiration.Text("days") is null or "0"
        ? S3Xml.Optional("ExpiredObjectDeleteMarker", expiration.Text("expired_object_delete_marker"))
        : null;

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
