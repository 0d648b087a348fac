using System.Globalization;
using System.Xml.Linq;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>The operations of a multipart upload but its completion.</summary>
internal sealed class MultipartOperations(ObjectStore store, MultipartStore uploads, NewObject newObject, Accounts accounts) : IS3Operations
{
    private const int MostParts = 10_000;
    private const int LargestPage = 1000;

    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers =>
    [
        ("CreateMultipartUpload", CreateAsync),
        ("UploadPart", UploadPartAsync),
        ("UploadPartCopy", UploadPartCopyAsync),
        ("ListParts", ListPartsAsync),
        ("ListMultipartUploads", ListUploadsAsync),
        ("AbortMultipartUpload", AbortAsync),
    ];

    private Task CreateAsync(S3Call call)
    {
        var headers = newObject.Headers(call);
        var checksum = call.Header("x-amz-checksum-algorithm") is { } name ? ChecksumAlgorithm.Require(name) : null;
        var type = call.Header("x-amz-checksum-type");
        if (type is not null && checksum?.Types.Contains(type) != true)
        {
            throw S3Errors.InvalidRequest($"The {type} checksum type cannot be used with the {checksum?.Name ?? "missing"} checksum algorithm.");
        }

        var upload = uploads.Create(call.Bucket, call.Key, accounts.Stored(call.Requester.User), headers, checksum, type);
        call.Response.Headers["x-amz-checksum-algorithm"] = upload.Checksum;
        call.Response.Headers["x-amz-checksum-type"] = upload.ChecksumType;
        EncryptionOfWrite.Write(call.Response, headers);
        return call.WriteXmlAsync(
            "InitiateMultipartUploadResult",
            new XElement("Bucket", upload.Bucket),
            new XElement("Key", upload.Key),
            new XElement("UploadId", upload.UploadId));
    }

    private async Task UploadPartAsync(S3Call call)
    {
        var upload = Require(call);
        var number = PartNumber(call);
        CustomerKey.CheckUpload(call, upload);
        UploadChecksum.CheckPart(upload, RequestBody.SentChecksum(call));
        using var body = await RequestBody.ReceiveAsync(call, store.StagingFolder, UploadChecksum.Of(upload));
        var part = uploads.AddPart(upload, number, body);
        call.Response.Headers.ETag = S3Call.Quoted(part.ETag);
        EncryptionOfWrite.Write(call.Response, upload.Headers);
        foreach (var (name, value) in body.Checksums)
        {
            call.Response.Headers[ChecksumAlgorithm.Named(name)!.Header] = value;
        }
    }

    private async Task UploadPartCopyAsync(S3Call call)
    {
        var upload = Require(call);
        CustomerKey.CheckUpload(call, upload);
        var source = CopySource.Parse(call);
        var (original, content) = store.Read(source.Bucket, source.Key, source.VersionId);
        await using (content)
        {
            CopySource.Check(call, original);
            var (offset, length) = RangeOf(call, original);
            content.Seek(offset, SeekOrigin.Begin);
            ChecksumAlgorithm[] checksums = UploadChecksum.Asked(upload) is { } checksum ? [checksum] : [];
            using var limited = new LimitedStream(content, length);
            using var body = await StagedBody.ReceiveAsync(store.StagingFolder, limited, checksums, withSha256: false, call.Aborted);
            var part = uploads.AddPart(upload, PartNumber(call), body);
            call.Response.Headers["x-amz-copy-source-version-id"] = original.VersionId == VersionRecord.NullVersion ? null : original.VersionId;
            EncryptionOfWrite.Write(call.Response, upload.Headers);
            await call.WriteXmlAsync(
                "CopyPartResult",
                new XElement("LastModified", S3Call.Time(part.LastModified)),
                new XElement("ETag", S3Call.Quoted(part.ETag)),
                Checksums(part));
        }
    }

    private Task ListPartsAsync(S3Call call)
    {
        var upload = Require(call);
        var marker = call.Number("part-number-marker", 0, 0, MostParts);
        var most = call.Number("max-parts", LargestPage, 1, LargestPage);
        var rest = uploads.Parts(upload).Where(part => part.Number > marker).ToList();
        var page = rest.Take(most).ToList();
        return call.WriteXmlAsync(
            "ListPartsResult",
            new XElement("Bucket", upload.Bucket),
            new XElement("Key", ListOperations.Key(call, upload.Key)),
            new XElement("UploadId", upload.UploadId),
            new XElement("PartNumberMarker", marker),
            new XElement("NextPartNumberMarker", page.Count == 0 ? 0 : page[^1].Number),
            new XElement("MaxParts", most),
            new XElement("IsTruncated", page.Count < rest.Count),
            Users(upload),
            new XElement("StorageClass", ObjectHeaderMapping.StorageClass(upload.Headers)),
            upload.Checksum is null ? null : new XElement("ChecksumAlgorithm", upload.Checksum),
            upload.Checksum is null ? null : new XElement("ChecksumType", upload.ChecksumType),
            page.Select(part => new XElement(
                "Part",
                new XElement("PartNumber", part.Number),
                new XElement("LastModified", S3Call.Time(part.LastModified)),
                new XElement("ETag", S3Call.Quoted(part.ETag)),
                new XElement("Size", part.Size),
                Checksums(part))));
    }

    private Task ListUploadsAsync(S3Call call)
    {
        store.Describe(call.Bucket);
        var keyMarker = call.Query("key-marker");
        var query = new ListQuery(
            call.Query("prefix") ?? "", call.Query("delimiter"), After: null, SkipsGroup: false, call.Number("max-uploads", LargestPage, 1, LargestPage));
        var uploadMarker = keyMarker is null ? null : call.Query("upload-id-marker");
        var rest = uploads.List(call.Bucket).Where(upload =>
            string.CompareOrdinal(upload.Key, keyMarker) > 0
            || (uploadMarker is not null && upload.Key == keyMarker && string.CompareOrdinal(upload.UploadId, uploadMarker) > 0));
        var page = ListPage<UploadRecord>.Take(rest, upload => upload.Key, query);
        return call.WriteXmlAsync(
            "ListMultipartUploadsResult",
            new XElement("Bucket", call.Bucket),
            new XElement("KeyMarker", ListOperations.Key(call, keyMarker ?? "")),
            new XElement("UploadIdMarker", uploadMarker ?? ""),
            query.Delimiter is null ? null : new XElement("Delimiter", ListOperations.Key(call, query.Delimiter)),
            call.Query("encoding-type") is { } encoding ? new XElement("EncodingType", encoding) : null,
            new XElement("Prefix", ListOperations.Key(call, query.Prefix)),
            new XElement("NextKeyMarker", ListOperations.Key(call, page.Last ?? "")),
            new XElement("NextUploadIdMarker", page.EndsInGroup || page.Items.Count == 0 ? "" : page.Items[^1].UploadId),
            new XElement("MaxUploads", query.Most),
            new XElement("IsTruncated", page.IsTruncated),
            page.Items.Select(upload => new XElement(
                "Upload",
                new XElement("Key", ListOperations.Key(call, upload.Key)),
                new XElement("UploadId", upload.UploadId),
                Users(upload),
                new XElement("StorageClass", ObjectHeaderMapping.StorageClass(upload.Headers)),
                new XElement("Initiated", S3Call.Time(upload.Initiated)))),
            page.CommonPrefixes.Select(prefix => new XElement("CommonPrefixes", new XElement("Prefix", ListOperations.Key(call, prefix)))));
    }

    private Task AbortAsync(S3Call call)
    {
        uploads.Remove(Require(call));
        call.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>An upload is its initiator's; the bucket's owner can list and abort it, too.</summary>
    private UploadRecord Require(S3Call call)
    {
        var owner = accounts.OwnerOf(store.Describe(call.Bucket));
        var upload = uploads.Require(call.Bucket, call.Key, call.Query("uploadId") ?? "");
        return call.Requester.User == owner || call.Requester.User == (upload.Initiator ?? owner) ? upload : throw S3Errors.AccessDenied();
    }

    private XElement[] Users(UploadRecord upload)
    {
        var bucket = store.Describe(upload.Bucket);
        return [accounts.Element("Initiator", upload.Initiator ?? accounts.OwnerOf(bucket)), accounts.Element("Owner", accounts.OwnerOf(upload.Headers, bucket))];
    }

    private static int PartNumber(S3Call call) =>
        int.TryParse(call.Query("partNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostParts
            ? number
            : throw S3Errors.InvalidArgument("Part number must be an integer between 1 and 10000, inclusive");

    private static IEnumerable<XElement> Checksums(PartRecord part) =>
        part.Checksums.Select(checksum => new XElement(ChecksumAlgorithm.Named(checksum.Key)!.Element, checksum.Value));

    private static (long Offset, long Length) RangeOf(S3Call call, VersionRecord original)
    {
        if (call.Header("x-amz-copy-source-range") is not { } header)
        {
            return (0, original.Size);
        }

        if (ByteRange.Parse(header) is not { From: { } first, To: { } last })
        {
            throw S3Errors.InvalidArgument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first "
                + "and last bytes to copy");
        }

        return first >= original.Size ? throw S3Errors.InvalidRequest("The specified copy range is invalid for the source object size")
            : last >= original.Size ? throw S3Errors.InvalidArgument($"Range specified is not valid for source object of size: {original.Size}")
            : (first, last - first + 1);
    }
}
