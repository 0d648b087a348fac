using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>PutObject and CopyObject.</summary>
internal sealed class WriteOperations(ObjectStore store, NewObject newObject) : IS3Operations
{
    /// <summary>What a copy never takes from its source.</summary>
    private static readonly string[] OfCopyItself =
        [ObjectHeaderMapping.StorageClassHeader, ObjectHeaderMapping.RedirectHeader, DefaultEncryption.BucketKeyHeader];

    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers => [("PutObject", PutAsync), ("CopyObject", CopyAsync)];

    /// <summary>The condition of a write, out of If-Match and If-None-Match.</summary>
    public static WriteCondition ConditionOf(S3Call call)
    {
        var (match, noneMatch) = (call.Header("If-Match"), call.Header("If-None-Match"));
        var refusal = noneMatch is not null and not "*" ? "If-None-Match takes * only."
            : match == "*" ? "If-Match takes an ETag only."
            : match is not null && noneMatch is not null ? "a write takes one of If-Match and If-None-Match."
            : null;
        return refusal is null
            ? new WriteCondition(match?.Trim('"'), noneMatch is not null)
            : throw new AwsError(501, "NotImplemented", $"A header you provided implies functionality that is not implemented: {refusal}");
    }

    private async Task PutAsync(S3Call call)
    {
        var version = await newObject.WriteAsync(call);
        call.Response.Headers.ETag = S3Call.Quoted(version.ETag);
        ExpirationHeader.Write(call.Response, store.Describe(call.Bucket), version);
        ObjectHeaderMapping.WriteResult(call.Response, version, withChecksums: true);
    }

    private async Task CopyAsync(S3Call call)
    {
        var given = newObject.Headers(call);
        var source = CopySource.Parse(call);
        var (original, content) = store.Read(source.Bucket, source.Key, source.VersionId);
        await using (content)
        {
            CopySource.Check(call, original);
            var headers = HeadersOfCopy(call, given, original);
            if (source.IsNewestOf(call.Bucket, call.Key) && !Changes(call))
            {
                throw S3Errors.InvalidRequest(
                    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, "
                    + "website redirect location or encryption attributes.");
            }

            using var body = await StagedBody.ReceiveAsync(store.StagingFolder, content, Algorithms(call, original), withSha256: false, call.Aborted);
            var draft = new ObjectDraft(call.Key, body.ETag, headers with { Checksums = body.Checksums });
            var version = store.Commit(call.Bucket, draft, body, ConditionOf(call));
            call.Response.Headers["x-amz-copy-source-version-id"] = original.VersionId == VersionRecord.NullVersion ? null : original.VersionId;
            ObjectHeaderMapping.WriteResult(call.Response, version, withChecksums: false);
            await call.WriteXmlAsync(
                "CopyObjectResult",
                new XElement("LastModified", S3Call.Time(version.LastModified)),
                new XElement("ETag", S3Call.Quoted(version.ETag)),
                body.Checksums.Select(checksum => new XElement(ChecksumAlgorithm.Named(checksum.Key)!.Element, checksum.Value)),
                new XElement("ChecksumType", ChecksumAlgorithm.FullObject));
        }
    }

    private static bool Changes(S3Call call) =>
        Replaces(call, "x-amz-metadata-directive") || call.Request.Headers.Keys.Any(name =>
            name.StartsWith("x-amz-server-side-encryption", StringComparison.OrdinalIgnoreCase)
            || OfCopyItself.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static ObjectHeaders HeadersOfCopy(S3Call call, ObjectHeaders given, VersionRecord original)
    {
        var kept = original.Headers;
        var copied = Replaces(call, "x-amz-metadata-directive")
            ? given
            : given with
            {
                ContentType = kept.ContentType,
                ContentEncoding = kept.ContentEncoding,
                Metadata = kept.Metadata,
                Others = Others(given, OfCopyItself.Contains).Concat(Others(kept, name => !OfCopyItself.Contains(name))).ToDictionary(),
            };
        return copied with { Tagging = Replaces(call, "x-amz-tagging-directive") ? given.Tagging : kept.Tagging };
    }

    private static IEnumerable<KeyValuePair<string, string>> Others(ObjectHeaders headers, Func<string, bool> where) =>
        (headers.Others ?? new Dictionary<string, string>()).Where(header => where(header.Key));

    private static List<ChecksumAlgorithm> Algorithms(S3Call call, VersionRecord original)
    {
        if (call.Header("x-amz-checksum-algorithm") is { } requested)
        {
            return [ChecksumAlgorithm.Require(requested)];
        }

        return original.Headers.Checksums is { Count: > 0 } kept ? [.. kept.Keys.Select(name => ChecksumAlgorithm.Named(name)!)] : [ChecksumAlgorithm.Default];
    }

    private static bool Replaces(S3Call call, string directive) => "REPLACE".Equals(call.Header(directive), StringComparison.OrdinalIgnoreCase);
}

/// <summary>What a copy is made from: <c>bucket/key</c>, escaped, perhaps with a version.</summary>
internal sealed record CopySource(string Bucket, string Key, string? VersionId)
{
    private const string VersionMarker = "?versionId=";

    public static CopySource Parse(S3Call call)
    {
        var header = S3Call.Utf8(call.Header("x-amz-copy-source")!);
        var split = header.IndexOf(VersionMarker, StringComparison.Ordinal);
        var path = Uri.UnescapeDataString(split < 0 ? header : header[..split]).TrimStart('/');
        return path.Split('/', 2) is [var bucket, { Length: > 0 } key]
            ? new CopySource(bucket, key, split < 0 ? null : header[(split + VersionMarker.Length)..])
            : throw S3Errors.InvalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
    }

    /// <summary>Holds the source against the request's conditions and key.</summary>
    public static void Check(S3Call call, VersionRecord original)
    {
        CustomerKey.CheckSource(call, original.Headers.CustomerKeyMd5);
        ObjectHeaderMapping.RequireReadable(original);
        ReadCondition.ParseCopySource(call).Check(original);
    }

    public bool IsNewestOf(string bucket, string key) => VersionId is null && Bucket == bucket && Key == key;
}
