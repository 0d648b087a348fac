using System.Globalization;
using System.Security.Cryptography;
using System.Xml.Linq;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.S3.Storage;

namespace BuildPipeline.Sandbox.S3.Protocol;

/// <summary>CompleteMultipartUpload: the parts that the client lists become one object.</summary>
internal sealed class CompleteOperation(ObjectStore store, MultipartStore uploads) : IS3Operations, IDisposable
{
    private const long SmallestPart = 5 * 1024 * 1024;

    /// <summary>One completion at a time: a repeated one then finds the first one's result.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    public IEnumerable<(string Operation, Func<S3Call, Task> Handle)> Handlers => [("CompleteMultipartUpload", CompleteAsync)];

    public void Dispose() => _turn.Dispose();

    private async Task CompleteAsync(S3Call call)
    {
        store.Describe(call.Bucket);
        var document = await RequestDocumentAsync(call);
        await _turn.WaitAsync(call.Aborted);
        try
        {
            var version = CompletedBefore(call) ?? await AssembleAsync(call, document);
            await AnswerAsync(call, version);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The checksum headers of this request are the object's, not the document's: they are held against the parts.</summary>
    private static async Task<XElement> RequestDocumentAsync(S3Call call)
    {
        try
        {
            using var body = new MemoryStream();
            await call.Request.Body.CopyToAsync(body, call.Aborted);
            body.Position = 0;
            if (call.Header("x-amz-content-sha256") is { Length: 64 } signed)
            {
                RequestBody.CheckHash(signed, SHA256.HashData(body.ToArray()));
            }

            var document = await XElement.LoadAsync(body, LoadOptions.None, call.Aborted);
            DocumentCheck.Check(call.Operation, document);
            return document;
        }
        catch (System.Xml.XmlException)
        {
            throw S3Errors.MalformedXml();
        }
    }

    private VersionRecord? CompletedBefore(S3Call call) =>
        store.Record(call.Bucket, call.Key, versionId: null) is { UploadId: { } id } version && id == call.Query("uploadId") ? version : null;

    private async Task<VersionRecord> AssembleAsync(S3Call call, XElement document)
    {
        var upload = uploads.Require(call.Bucket, call.Key, call.Query("uploadId") ?? "");
        if (CustomerKey.Md5Of(call) is not null || upload is { Checksum: not null, Headers.CustomerKeyMd5: not null })
        {
            CustomerKey.CheckUpload(call, upload);
        }

        UploadChecksum.CheckCompletion(call, upload, document.Children("Part"));
        var parts = Select(document, uploads.Parts(upload).ToDictionary(part => part.Number));
        if (call.Header("x-amz-mp-object-size") is { } size && size != parts.Sum(part => part.Size).ToString(CultureInfo.InvariantCulture))
        {
            throw S3Errors.InvalidRequest("The provided 'x-amz-mp-object-size' header does not match what was computed.");
        }

        var condition = WriteOperations.ConditionOf(call);
        condition.Check(store.Record(call.Bucket, call.Key, versionId: null));
        var checksum = UploadChecksum.Of(upload);
        var isFull = !UploadChecksum.IsComposite(upload);
        await using var content = uploads.Open(upload, parts);
        using var body = await StagedBody.ReceiveAsync(
            store.StagingFolder, content, checksum is not null && isFull ? [checksum] : [], withSha256: false, call.Aborted);
        var checksums = checksum is null || isFull
            ? body.Checksums
            : new Dictionary<string, string> { [checksum.Name] = Composite(checksum, parts) };
        if (checksum is not null && call.Header(checksum.Header) is { } claimed && claimed != checksums[checksum.Name])
        {
            throw S3Errors.BadDigest(checksum.Name);
        }

        var draft = new ObjectDraft(
            upload.Key, ETagOf(parts), upload.Headers with { Checksums = checksums },
            [.. parts.Select(part => new ObjectPart(part.Number, part.Size, part.Checksums))],
            upload.ChecksumType ?? (checksum is null ? null : ChecksumAlgorithm.FullObject), upload.UploadId);
        var version = store.Commit(call.Bucket, draft, body, condition);
        uploads.Remove(upload);
        return version;
    }

    private static List<PartRecord> Select(XElement document, Dictionary<int, PartRecord> received)
    {
        var listed = document.Children("Part").Select(element => (Element: element, Number: NumberOf(element))).ToList();

        // A part that was sent twice is listed twice by some clients: S3 refuses that too.
        if (listed.Zip(listed.Skip(1)).Any(pair => pair.Second.Number <= pair.First.Number))
        {
            throw new AwsError(400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.");
        }

        var parts = new List<PartRecord>();
        foreach (var (element, number) in listed)
        {
            if (!received.TryGetValue(number, out var part) || !Agrees(element, part))
            {
                throw new AwsError(
                    400, "InvalidPart",
                    $"One or more of the specified parts could not be found: part {number} was not uploaded, or its entity tag or checksum does not match.");
            }

            parts.Add(part);
        }

        if (parts.Count == 0)
        {
            throw S3Errors.MalformedXml();
        }

        return parts.SkipLast(1).All(part => part.Size >= SmallestPart)
            ? parts
            : throw new AwsError(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size: all parts but the last take 5 MiB or more.");
    }

    private static int NumberOf(XElement part) =>
        int.TryParse(part.ChildText("PartNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw S3Errors.MalformedXml();

    private static bool Agrees(XElement claimed, PartRecord part) =>
        claimed.ChildText("ETag")?.Trim('"') == part.ETag
        && ChecksumAlgorithm.All.All(algorithm =>
            claimed.ChildText(algorithm.Element) is not { } value || value == part.Checksums.GetValueOrDefault(algorithm.Name));

    private static string ETagOf(List<PartRecord> parts)
    {
        using var md5 = new CryptographicDigest(HashAlgorithmName.MD5);
        parts.ForEach(part => md5.Append(Convert.FromHexString(part.ETag)));
        return $"{Convert.ToHexStringLower(md5.Finish())}-{parts.Count}";
    }

    /// <summary>The checksum of the parts' checksums, with their number.</summary>
    private static string Composite(ChecksumAlgorithm checksum, List<PartRecord> parts)
    {
        using var digest = checksum.Start();
        parts.ForEach(part => digest.Append(Convert.FromBase64String(part.Checksums[checksum.Name])));
        return $"{Convert.ToBase64String(digest.Finish())}-{parts.Count}";
    }

    private static Task AnswerAsync(S3Call call, VersionRecord version)
    {
        ObjectHeaderMapping.WriteResult(call.Response, version, withChecksums: false);
        var checksums = version.Headers.Checksums ?? new Dictionary<string, string>();
        return call.WriteXmlAsync(
            "CompleteMultipartUploadResult",
            new XElement("Location", $"http://{call.Request.Host}/{call.Bucket}/{Uri.EscapeDataString(call.Key)}"),
            new XElement("Bucket", call.Bucket),
            new XElement("Key", call.Key),
            new XElement("ETag", S3Call.Quoted(version.ETag)),
            checksums.Select(checksum => new XElement(ChecksumAlgorithm.Named(checksum.Key)!.Element, checksum.Value)),
            checksums.Count == 0 ? null : new XElement("ChecksumType", version.ChecksumType));
    }
}
