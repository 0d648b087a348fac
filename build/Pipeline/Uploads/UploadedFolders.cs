using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Uploads;

/// <summary>What S3 holds under the digest of an uploaded folder: a job receives all of it, no matter who put it there.</summary>
internal sealed class UploadedFolders(IAwsClients clients)
{
    /// <summary>Size and time of every object, by its path in the folder.</summary>
    public async Task<IReadOnlyDictionary<string, (long Size, DateTime? WrittenAt)>> ListAsync(S3Uri folder, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, (long, DateTime?)>(StringComparer.Ordinal);
        var request = new ListObjectsV2Request { BucketName = folder.Bucket, Prefix = folder.Key };
        do
        {
            var page = await clients.S3.ListObjectsV2Async(request, cancellationToken);
            foreach (var item in page.S3Objects ?? [])
            {
                found[item.Key[folder.Key.Length..]] = (item.Size ?? 0, item.LastModified);
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
        return found;
    }

    /// <summary>SHA-256 of an object as of a file (<see cref="ContentFile.Sha256"/>): the one that S3 checked at the upload, or else computed again.</summary>
    public async Task<string> Sha256Async(S3Uri folder, string path, CancellationToken cancellationToken)
    {
        var key = folder.Key + path;
        var head = await clients.S3.GetObjectMetadataAsync(
            new GetObjectMetadataRequest { BucketName = folder.Bucket, Key = key, ChecksumMode = ChecksumMode.ENABLED }, cancellationToken);
        if (FileDigest.FromS3(head.ChecksumSHA256, head.ContentLength) is { } checkedByS3)
        {
            return checkedByS3;
        }

        using var content = await clients.S3.GetObjectAsync(new GetObjectRequest { BucketName = folder.Bucket, Key = key }, cancellationToken);
        return (await FileDigest.ComputeAsync(content.ResponseStream, content.ContentLength, cancellationToken)).Sha256;
    }

    /// <summary>The same of an object that may be missing; null if it is.</summary>
    public async Task<string?> FindSha256Async(S3Uri folder, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await Sha256Async(folder, path, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Refuses a folder that holds anything but what was uploaded.</summary>
    /// <returns>A mark for each file; null if they are too many.</returns>
    /// <exception cref="PipelineException">An object was added, removed or replaced (exit code 4).</exception>
    public async Task<string?> RequireAsync(InputChannel channel, CancellationToken cancellationToken)
    {
        _ = S3Uri.TryParse(channel.Uri, out var folder);
        var present = await ListAsync(folder!, cancellationToken);
        var files = await Concurrently.SelectAsync(
            [.. present], async (file, token) => (file.Key, await Sha256Async(folder!, file.Key, token), file.Value.Size), cancellationToken);
        if (ContentDigest.Compute(files) != channel.Sha256)
        {
            var newest = present.OrderByDescending(file => file.Value.WrittenAt).Select(file => $" The newest of its {present.Count} objects is {file.Key}.").FirstOrDefault();
            throw new PipelineException(UploadErrors.ChangedUpload,
                $"The files of channel {channel.Name} under {folder} no longer match the upload: an object was added, removed or replaced.{newest} "
                + "Find out who changed it, and start a new run.");
        }

        return ContentMarks.Compute(files);
    }
}
