using System.Text;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>ListObjectsV2, ListObjects and ListObjectVersions.</summary>
internal sealed class ListOperations(ObjectStore store, Accounts accounts) : IS3Operations
{
    private const int LargestPage = 1000;

    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers =>
        [("ListObjectsV2", ListV2Async), ("ListObjects", ListV1Async), ("ListObjectVersions", ListVersionsAsync)];

    /// <summary>Keys as the client wants them written: as they are, or escaped where it asked for encoding-type=url.</summary>
    public static string Key(S3Call call, string key) =>
        call.Query("encoding-type") == "url" ? Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal) : key;

    /// <summary>The text that a continuation token stands for.</summary>
    public static string Decode(string token)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(token));
            return text.Length > 0 ? text : throw new FormatException();
        }
        catch (FormatException)
        {
            throw S3Errors.InvalidArgument("The continuation token provided is incorrect");
        }
    }

    private Task ListV2Async(S3Call call)
    {
        var token = call.Has("continuation-token") ? call.Query("continuation-token") ?? "" : null;
        var query = QueryOf(call, token is null ? call.Query("start-after") : null, skipsGroup: false);
        if (token is not null)
        {
            query = WithToken(query, token);
        }

        var page = ListPage<VersionRecord>.Take(Records(call, allVersions: false), version => version.Key, query);
        var withOwner = call.Query("fetch-owner") == "true";
        return call.WriteXmlAsync(
            "ListBucketResult",
            Head(call, page, query),
            new XElement("KeyCount", page.Items.Count + page.CommonPrefixes.Count),
            token is null ? null : new XElement("ContinuationToken", token),
            page.IsTruncated ? new XElement("NextContinuationToken", TokenOf(page)) : null,
            call.Query("start-after") is { } after ? new XElement("StartAfter", Key(call, after)) : null,
            page.Items.Select(version => Content(call, version, withOwner ? OwnerOf(call, version) : null)),
            CommonPrefixes(call, page.CommonPrefixes));
    }

    private Task ListV1Async(S3Call call)
    {
        var marker = call.Query("marker");
        var query = QueryOf(call, marker, skipsGroup: true);
        var page = ListPage<VersionRecord>.Take(Records(call, allVersions: false), version => version.Key, query);
        return call.WriteXmlAsync(
            "ListBucketResult",
            Head(call, page, query),
            new XElement("Marker", Key(call, marker ?? "")),
            page.IsTruncated && query.Delimiter is not null ? new XElement("NextMarker", Key(call, page.Last!)) : null,
            page.Items.Select(version => Content(call, version, OwnerOf(call, version))),
            CommonPrefixes(call, page.CommonPrefixes));
    }

    private Task ListVersionsAsync(S3Call call)
    {
        var keyMarker = call.Query("key-marker");
        var versionMarker = call.Query("version-id-marker");
        if (versionMarker is not null && keyMarker is null)
        {
            throw S3Errors.InvalidArgument("A version-id marker cannot be specified without a key marker.");
        }

        var query = QueryOf(call, versionMarker is null ? keyMarker : null, skipsGroup: true);
        var records = Records(call, allVersions: true);
        var rest = versionMarker is null ? records : After(records, keyMarker!, versionMarker);
        var page = ListPage<VersionRecord>.Take(rest, version => version.Key, query);
        var newest = records.DistinctBy(version => version.Key).Select(version => version.Sequence).ToHashSet();
        return call.WriteXmlAsync(
            "ListVersionsResult",
            Head(call, page, query),
            new XElement("KeyMarker", Key(call, keyMarker ?? "")),
            new XElement("VersionIdMarker", versionMarker ?? ""),
            page.IsTruncated ? new XElement("NextKeyMarker", Key(call, page.Last!)) : null,
            page.IsTruncated && !page.EndsInGroup ? new XElement("NextVersionIdMarker", page.Items[^1].VersionId) : null,
            page.Items.Select(version => Version(call, version, newest.Contains(version.Sequence), OwnerOf(call, version))),
            CommonPrefixes(call, page.CommonPrefixes));
    }

    private IReadOnlyList<VersionRecord> Records(S3Call call, bool allVersions)
    {
        var records = store.Records(call.Bucket, allVersions);
        return call.Context.Features.Get<ListingDelay>() is { } delay ? [.. records.Where(version => version.LastModified <= delay.Until)] : records;
    }

    /// <summary>What follows a version in the listing, whether that version still exists or not.</summary>
    private static IEnumerable<VersionRecord> After(IReadOnlyList<VersionRecord> records, string key, string versionId)
    {
        // Where a null version was deleted, nothing tells its position: its key is listed from the start.
        var position = records.FirstOrDefault(version => version.Key == key && version.VersionId == versionId)?.Sequence
            ?? VersionId.SequenceOf(versionId)
            ?? (versionId == VersionRecord.NullVersion ? long.MaxValue : throw S3Errors.InvalidArgument("Invalid version id specified"));
        return records.Where(version => string.CompareOrdinal(version.Key, key) switch
        {
            0 => version.Sequence < position,
            var order => order > 0,
        });
    }

    private static ListQuery QueryOf(S3Call call, string? after, bool skipsGroup)
    {
        var delimiter = call.Query("delimiter");
        var endsInDelimiter = delimiter is not null && after?.EndsWith(delimiter, StringComparison.Ordinal) == true;
        return new ListQuery(
            call.Query("prefix") ?? "", delimiter, after, skipsGroup && endsInDelimiter, call.Number("max-keys", LargestPage, 0, LargestPage));
    }

    private static ListQuery WithToken(ListQuery query, string token)
    {
        var text = Decode(token);
        return query with { After = text[1..], SkipsGroup = text[0] == 'g' };
    }

    private static string TokenOf(ListPage<VersionRecord> page) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes((page.EndsInGroup ? "g" : "k") + page.Last));

    private static IEnumerable<XElement?> Head(S3Call call, ListPage<VersionRecord> page, ListQuery query) =>
    [
        new("Name", call.Bucket),
        new("Prefix", Key(call, query.Prefix)),
        query.Delimiter is null ? null : new XElement("Delimiter", Key(call, query.Delimiter)),
        new("MaxKeys", query.Most),
        call.Query("encoding-type") is { } encoding ? new XElement("EncodingType", encoding) : null,
        new("IsTruncated", page.IsTruncated),
    ];

    private static IEnumerable<XElement> CommonPrefixes(S3Call call, IEnumerable<string> prefixes) =>
        prefixes.Select(prefix => new XElement("CommonPrefixes", new XElement("Prefix", Key(call, prefix))));

    private XElement OwnerOf(S3Call call, VersionRecord version) =>
        accounts.Element("Owner", accounts.OwnerOf(version.Headers, store.Describe(call.Bucket)));

    private static XElement Content(S3Call call, VersionRecord version, XElement? owner) => new(
        "Contents",
        new XElement("Key", Key(call, version.Key)),
        new XElement("LastModified", S3Call.Time(version.LastModified)),
        new XElement("ETag", S3Call.Quoted(version.ETag)),
        Checksums(version),
        new XElement("Size", version.Size),
        owner,
        new XElement("StorageClass", ObjectHeaderMapping.StorageClass(version.Headers)));

    private static XElement Version(S3Call call, VersionRecord version, bool isLatest, XElement owner) => new(
        version.IsDeleteMarker ? "DeleteMarker" : "Version",
        new XElement("Key", Key(call, version.Key)),
        new XElement("VersionId", version.VersionId),
        new XElement("IsLatest", isLatest),
        new XElement("LastModified", S3Call.Time(version.LastModified)),
        version.IsDeleteMarker
            ? null
            : new object?[]
            {
                new XElement("ETag", S3Call.Quoted(version.ETag)), Checksums(version), new XElement("Size", version.Size),
                new XElement("StorageClass", ObjectHeaderMapping.StorageClass(version.Headers)),
            },
        owner);

    private static IEnumerable<XElement> Checksums(VersionRecord version) => version.Headers.Checksums is not { Count: > 0 } checksums
        ? []
        : [.. checksums.Keys.Select(name => new XElement("ChecksumAlgorithm", name)),
            new XElement("ChecksumType", version.ChecksumType ?? ChecksumAlgorithm.FullObject)];
}
