using System.Collections.Concurrent;
using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;

namespace BuildPipeline.Uploads;

/// <summary>Sends a large file in parts, several at once, and continues what an earlier process, on whichever machine, has sent of it.</summary>
/// <remarks>
/// Keys are content-addressed, so S3's own list of unfinished uploads is all the state there is: whoever sends the same bytes
/// finds the parts that are there, and compares the SHA-256 of each. S3 refuses a part whose bytes have another one. What is never
/// continued is aborted by the bucket's lifecycle rule.
/// </remarks>
/// <param name="s3">The client.</param>
/// <param name="isThere">Tells whether the whole object is in S3.</param>
public sealed class MultipartUpload(IAmazonS3 s3, Func<CancellationToken, Task<bool>> isThere)
{
    /// <summary>How many parts are sent at a time.</summary>
    public const int PartsAtATime = 8;

    private const int MostStarts = 3;

    /// <summary>Sends what S3 does not have yet, and completes the object.</summary>
    /// <param name="start">Bucket, key and encryption.</param>
    /// <param name="path">The file, absolute.</param>
    /// <param name="file">Its content.</param>
    /// <param name="progress">Gets the bytes of each part.</param>
    /// <param name="cancellationToken">Ends the upload; what was sent stays.</param>
    /// <exception cref="AmazonS3Exception">S3 refuses a part (BadDigest: the file changed), or does not answer.</exception>
    public async Task SendAsync(InitiateMultipartUploadRequest start, string path, ContentFile file, TransferProgress progress, CancellationToken cancellationToken)
    {
        for (var starts = 1; ; starts++)
        {
            try
            {
                await ContinueAsync(start, path, file, progress, cancellationToken);
                return;
            }
            catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchUpload" && starts < MostStarts)
            {
                // Another process completed the same upload, or somebody aborted it.
                if (await isThere(cancellationToken))
                {
                    return;
                }
            }
        }
    }

    private async Task ContinueAsync(InitiateMultipartUploadRequest start, string path, ContentFile file, TransferProgress progress, CancellationToken cancellationToken)
    {
        var started = await FindAsync(start, cancellationToken);
        var upload = StartedUpload.SelectFor(file, started) ?? await StartAsync(start, cancellationToken);
        var sent = new ConcurrentBag<PartETag>(upload.FinishedOf(file).Select(part => new PartETag(part.Number, part.ETag) { ChecksumSHA256 = part.Sha256 }));
        var finished = sent.Select(part => part.PartNumber).ToHashSet();
        var plan = FileParts.Plan(file.Size).ToLookup(part => finished.Contains(part.Number));
        progress.Skip(plan[true].Sum(part => part.Length));
        var options = new ParallelOptions { MaxDegreeOfParallelism = PartsAtATime, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(plan[false], options, async (part, token) =>
        {
            sent.Add(await SendPartAsync(start, upload, path, file, part, token));
            progress.Send(part.Length);
        });

        var complete = new CompleteMultipartUploadRequest
        {
            BucketName = start.BucketName, Key = start.Key, UploadId = upload.UploadId, MpuObjectSize = file.Size, PartETags = [.. sent.OrderBy(part => part.PartNumber)],
        };
        await s3.CompleteMultipartUploadAsync(complete, cancellationToken);
        await AbortAsync(start, started.Where(other => other.UploadId != upload.UploadId), cancellationToken);
    }

    private async Task<StartedUpload> StartAsync(InitiateMultipartUploadRequest start, CancellationToken cancellationToken)
    {
        start.ChecksumAlgorithm = ChecksumAlgorithm.SHA256;
        var answer = await s3.InitiateMultipartUploadAsync(start, cancellationToken);
        return new(answer.UploadId, default, ChecksSha256: true, []);
    }

    private async Task<PartETag> SendPartAsync(
        InitiateMultipartUploadRequest start, StartedUpload upload, string path, ContentFile file, FilePart part, CancellationToken cancellationToken)
    {
        var sha256 = file.Parts[part.Number - 1];
        var request = new UploadPartRequest
        {
            BucketName = start.BucketName, Key = start.Key, UploadId = upload.UploadId, PartNumber = part.Number,
            FilePath = path, FilePosition = part.Offset, PartSize = part.Length, ChecksumSHA256 = sha256,
        };
        var answer = await s3.UploadPartAsync(request, cancellationToken);
        return new(part.Number, answer.ETag) { ChecksumSHA256 = sha256 };
    }

    private async Task<List<StartedUpload>> FindAsync(InitiateMultipartUploadRequest start, CancellationToken cancellationToken)
    {
        var found = new List<StartedUpload>();
        var request = new ListMultipartUploadsRequest { BucketName = start.BucketName, Prefix = start.Key };
        bool hasMore;
        do
        {
            var page = await s3.ListMultipartUploadsAsync(request, cancellationToken);
            foreach (var upload in (page.MultipartUploads ?? []).Where(upload => upload.Key == start.Key))
            {
                found.Add(await ReadAsync(start, upload, cancellationToken));
            }

            (hasMore, request.KeyMarker, request.UploadIdMarker) = (page.IsTruncated == true, page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (hasMore);
        return found;
    }

    private async Task<StartedUpload> ReadAsync(InitiateMultipartUploadRequest start, Amazon.S3.Model.MultipartUpload upload, CancellationToken cancellationToken)
    {
        var parts = new List<StoredPart>();
        var request = new ListPartsRequest { BucketName = start.BucketName, Key = start.Key, UploadId = upload.UploadId };
        ListPartsResponse page;
        do
        {
            page = await s3.ListPartsAsync(request, cancellationToken);
            parts.AddRange((page.Parts ?? []).Select(part => new StoredPart(part.PartNumber ?? 0, part.Size ?? 0, part.ChecksumSHA256, part.ETag)));
            request.PartNumberMarker = page.NextPartNumberMarker?.ToString(CultureInfo.InvariantCulture);
        }
        while (page.IsTruncated == true);
        return new(upload.UploadId, upload.Initiated ?? default, page.ChecksumAlgorithm == ChecksumAlgorithm.SHA256, parts);
    }

    // The object is complete: whoever still works on one of these finds it.
    private async Task AbortAsync(InitiateMultipartUploadRequest start, IEnumerable<StartedUpload> others, CancellationToken cancellationToken)
    {
        foreach (var other in others)
        {
            try
            {
                await s3.AbortMultipartUploadAsync(start.BucketName, start.Key, other.UploadId, cancellationToken);
            }
            catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchUpload")
            {
                // Ended meanwhile.
            }
        }
    }
}
