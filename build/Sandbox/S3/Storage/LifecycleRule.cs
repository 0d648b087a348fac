using System.Globalization;
using System.Xml.Linq;

namespace BuildPipeline.Sandbox.S3.Storage;

/// <summary>One enabled rule of a bucket's lifecycle configuration.</summary>
/// <param name="Days">Age at which current versions expire.</param>
/// <param name="Date">Day from which on current versions expire.</param>
/// <param name="RemovesMarkers">Whether a delete marker that is alone goes.</param>
/// <param name="NoncurrentDays">Days after which a version goes that another one replaced.</param>
/// <param name="KeptNoncurrent">How many replaced versions stay in any case.</param>
/// <param name="AbortDays">Days after which an unfinished upload in parts goes.</param>
internal sealed record LifecycleRule(
    string Id, int? Days, DateTimeOffset? Date, bool RemovesMarkers, int? NoncurrentDays, int KeptNoncurrent, int? AbortDays)
{
    private string Prefix { get; init; } = "";

    private IReadOnlyList<string> Tags { get; init; } = [];

    private long MoreThan { get; init; } = -1;

    private long LessThan { get; init; } = long.MaxValue;

    public static IReadOnlyList<LifecycleRule> From(BucketRecord bucket) => bucket.Document("lifecycle") is not { } document
        ? []
        : [.. document.Children("Rule").Where(rule => rule.ChildText("Status") == "Enabled").Select(Read)];

    /// <summary>When S3 removes what is that many days old: at the midnight that follows.</summary>
    public static DateTimeOffset After(DateTimeOffset since, int days) => new(since.UtcDateTime.AddDays(days).Date.AddDays(1), TimeSpan.Zero);

    public bool Applies(VersionRecord version) =>
        version.Key.StartsWith(Prefix, StringComparison.Ordinal) && version.Size > MoreThan && version.Size < LessThan
        && (Tags.Count == 0 || Tags.All((version.Headers.Tagging ?? "").Split('&').Contains));

    public bool Applies(UploadRecord upload) => upload.Key.StartsWith(Prefix, StringComparison.Ordinal) && Tags.Count == 0;

    /// <summary>When a current version expires; null if it does not.</summary>
    public DateTimeOffset? ExpiryOf(VersionRecord version) =>
        !Applies(version) ? null : Days is { } days ? After(version.LastModified, days) : Date;

    private static LifecycleRule Read(XElement rule)
    {
        var (expiration, noncurrent) = (rule.Child("Expiration"), rule.Child("NoncurrentVersionExpiration"));
        var filter = rule.Child("Filter")?.Child("And") ?? rule.Child("Filter");
        return new LifecycleRule(
            rule.ChildText("ID") ?? "",
            expiration?.ChildNumber("Days"),
            expiration?.ChildText("Date") is { } date ? DateTimeOffset.Parse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null,
            expiration?.ChildText("ExpiredObjectDeleteMarker") == "true",
            noncurrent?.ChildNumber("NoncurrentDays"),
            noncurrent?.ChildNumber("NewerNoncurrentVersions") ?? 0,
            rule.Child("AbortIncompleteMultipartUpload")?.ChildNumber("DaysAfterInitiation"))
        {
            Prefix = rule.ChildText("Prefix") ?? filter?.ChildText("Prefix") ?? "",
            Tags = [.. (filter?.Children("Tag") ?? []).Select(tag =>
                $"{Uri.EscapeDataString(tag.ChildText("Key") ?? "")}={Uri.EscapeDataString(tag.ChildText("Value") ?? "")}")],
            MoreThan = Size(filter, "ObjectSizeGreaterThan") ?? -1,
            LessThan = Size(filter, "ObjectSizeLessThan") ?? long.MaxValue,
        };
    }

    private static long? Size(XElement? filter, string name) =>
        long.TryParse(filter?.ChildText(name), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;
}
