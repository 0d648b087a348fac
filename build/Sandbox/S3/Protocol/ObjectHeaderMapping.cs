using System.Globalization;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>Between the headers of a request or answer and what is stored of an object.</summary>
internal static class ObjectHeaderMapping
{
    private const string MetadataPrefix = "x-amz-meta-";
    private const int LargestMetadata = 2 * 1024;

    private static readonly string[] Kept =
    [
        "Cache-Control", "Content-Disposition", "Content-Language", "Expires", "x-amz-storage-class", "x-amz-website-redirect-location",
        "x-amz-server-side-encryption-bucket-key-enabled",
    ];

    private static readonly string[] Encryptions = ["AES256", "aws:kms", "aws:kms:dsse"];

    /// <summary>What the writer of an object says of it.</summary>
    public static ObjectHeaders Read(S3Call call) => new(
        call.Header("Content-Type") ?? "binary/octet-stream",
        Encryption(call),
        call.Header("x-amz-server-side-encryption-aws-kms-key-id"),
        Metadata(call),
        ContentEncoding: ContentEncoding(call),
        Tagging: call.Header("x-amz-tagging"))
    {
        Others = Kept.Where(name => call.Header(name) is not null).ToDictionary(name => name, name => call.Header(name)!),
    };

    /// <summary>What a write answers with in addition to its body.</summary>
    public static void WriteResult(HttpResponse response, VersionRecord version, bool withChecksums)
    {
        if (version.VersionId != VersionRecord.NullVersion)
        {
            response.Headers["x-amz-version-id"] = version.VersionId;
        }

        WriteEncryption(response, version.Headers);
        if (withChecksums)
        {
            WriteChecksums(response, version);
        }
    }

    public static void WriteEncryption(HttpResponse response, ObjectHeaders headers)
    {
        response.Headers["x-amz-server-side-encryption"] = headers.ServerSideEncryption;
        response.Headers["x-amz-server-side-encryption-aws-kms-key-id"] = headers.KmsKeyId;
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
            headers[MetadataPrefix + name] = value;
        }

        if (version.Headers.Tagging is { Length: > 0 } tags)
        {
            headers["x-amz-tagging-count"] = tags.Split('&').Length.ToString(CultureInfo.InvariantCulture);
        }

        WriteResult(call.Response, version, withChecksums: false);
        foreach (var name in new[] { "Content-Type", "Content-Language", "Expires", "Cache-Control", "Content-Disposition", "Content-Encoding" })
        {
            if (call.Query("response-" + name.ToLowerInvariant()) is { } value)
            {
                headers[name] = value;
            }
        }
    }

    public static void WriteChecksums(HttpResponse response, VersionRecord version)
    {
        foreach (var (name, value) in version.Headers.Checksums ?? new Dictionary<string, string>())
        {
            response.Headers[ChecksumAlgorithm.Named(name)!.Header] = value;
            response.Headers["x-amz-checksum-type"] = version.ChecksumType ?? ChecksumAlgorithm.FullObject;
        }
    }

    private static string? Encryption(S3Call call)
    {
        var algorithm = call.Header("x-amz-server-side-encryption");
        return algorithm is null || Encryptions.Contains(algorithm)
            ? algorithm
            : throw S3Errors.InvalidArgument($"The encryption method specified is not supported: {algorithm}");
    }

    private static Dictionary<string, string> Metadata(S3Call call)
    {
        var metadata = call.Request.Headers
            .Where(header => header.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key[MetadataPrefix.Length..].ToLowerInvariant(), header => header.Value.ToString());
        return metadata.Sum(entry => entry.Key.Length + entry.Value.Length) <= LargestMetadata
            ? metadata
            : throw new AwsError(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size.");
    }

    private static string? ContentEncoding(S3Call call)
    {
        var kept = (call.Header("Content-Encoding") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(encoding => encoding != "aws-chunked").ToList();
        return kept.Count == 0 ? null : string.Join(",", kept);
    }
}
