using System.Globalization;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Between the headers of a request or answer and what is stored of an object.</summary>
internal static class ObjectHeaderMapping
{
    public const string StorageClassHeader = "x-amz-storage-class";
    public const string RedirectHeader = "x-amz-website-redirect-location";

    private const string Standard = "STANDARD";
    private const string MetadataPrefix = "x-amz-meta-";
    private const int LargestMetadata = 2 * 1024;

    private static readonly string[] Kept =
    [
        "Cache-Control", "Content-Disposition", "Content-Language", "Expires", StorageClassHeader, RedirectHeader, DefaultEncryption.BucketKeyHeader,
    ];

    /// <summary>What the writer of an object says of it; its encryption is another matter.</summary>
    public static ObjectHeaders Read(S3Call call) => new(
        call.Header("Content-Type") ?? "binary/octet-stream",
        Metadata: Metadata(call),
        ContentEncoding: ContentEncoding(call),
        Tagging: Tagging(call))
    {
        Others = Kept.Where(name => call.Header(name) is { } value && !IsDefault(name, value)).ToDictionary(name => name, name => Checked(name, call.Header(name)!)),
        Lock = LockHeaders.Read(call),
    };

    /// <summary>The storage class of an object.</summary>
    public static string StorageClass(ObjectHeaders headers) => headers.Others?.GetValueOrDefault(StorageClassHeader) ?? Standard;

    /// <exception cref="AwsError">InvalidObjectState: an archived object has to be restored first.</exception>
    public static void RequireReadable(VersionRecord version)
    {
        if (StorageClass(version.Headers) is "GLACIER" or "DEEP_ARCHIVE")
        {
            throw new AwsError(403, "InvalidObjectState", "The operation is not valid for the object's storage class");
        }
    }

    /// <summary>What a write answers with in addition to its body.</summary>
    public static void WriteResult(HttpResponse response, VersionRecord version, bool withChecksums)
    {
        if (version.VersionId != VersionRecord.NullVersion)
        {
            response.Headers["x-amz-version-id"] = version.VersionId;
        }

        EncryptionOfWrite.Write(response, version.Headers);
        if (withChecksums)
        {
            WriteChecksums(response, version, version.Headers.Checksums);
        }
    }

    /// <summary>What a read answers with in addition to its body.</summary>
    public static void WriteObject(S3Call call, VersionRecord version)
    {
        var headers = call.Response.Headers;
        headers.ETag = S3Call.Quoted(version.ETag);
        headers.LastModified = version.LastModified.ToString("R", CultureInfo.InvariantCulture);
        headers.AcceptRanges = "bytes";
        headers.ContentType = version.Headers.ContentType;
        headers.ContentEncoding = version.Headers.ContentEncoding;
        foreach (var (name, value) in version.Headers.Others ?? new Dictionary<string, string>())
        {
            headers[name] = value;
        }

        foreach (var (name, value) in version.Headers.Metadata ?? new Dictionary<string, string>())
        {
            headers[MetadataPrefix + name] = EncodedWords.Encode(value);
        }

        if (version.Headers.Tagging is { Length: > 0 } tags)
        {
            headers["x-amz-tagging-count"] = tags.Split('&').Length.ToString(CultureInfo.InvariantCulture);
        }

        LockHeaders.Write(call.Response, version.Headers.Lock);
        WriteResult(call.Response, version, withChecksums: false);
        foreach (var name in new[] { "Content-Type", "Content-Language", "Expires", "Cache-Control", "Content-Disposition", "Content-Encoding" })
        {
            if (call.Query("response-" + name.ToLowerInvariant()) is { } value)
            {
                headers[name] = value;
            }
        }
    }

    /// <param name="checksums">Those of the object, or of one of its parts.</param>
    public static void WriteChecksums(HttpResponse response, VersionRecord version, IReadOnlyDictionary<string, string>? checksums)
    {
        foreach (var (name, value) in checksums ?? new Dictionary<string, string>())
        {
            response.Headers[ChecksumAlgorithm.Named(name)!.Header] = value;
            response.Headers["x-amz-checksum-type"] = version.ChecksumType ?? ChecksumAlgorithm.FullObject;
        }
    }

    private static bool IsDefault(string name, string value) => name == StorageClassHeader && value == Standard;

    private static string Checked(string name, string value) => name != RedirectHeader || value.StartsWith('/')
        || value.StartsWith("http://", StringComparison.Ordinal) || value.StartsWith("https://", StringComparison.Ordinal)
        ? value
        : throw new AwsError(400, "InvalidRedirectLocation", "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.");

    private static string? Tagging(S3Call call)
    {
        if (call.Header("x-amz-tagging") is not { } header)
        {
            return null;
        }

        var tags = TagSet.Parse(S3Call.Utf8(header));
        TagSet.Check(tags, TagSet.MostOfObject);
        return TagSet.Query(tags);
    }

    private static Dictionary<string, string> Metadata(S3Call call)
    {
        var metadata = call.Request.Headers
            .Where(header => header.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key[MetadataPrefix.Length..].ToLowerInvariant(), header => EncodedWords.Decode(header.Value.ToString()));
        return metadata.Sum(entry => entry.Key.Length + entry.Value.Length) <= LargestMetadata
            ? metadata
            : throw new AwsError(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size.");
    }

    private static string? ContentEncoding(S3Call call)
    {
        var kept = (call.Header("Content-Encoding") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(encoding => encoding != "aws-chunked").ToList();
        return kept.Count == 0 ? null : string.Join(", ", kept);
    }
}
