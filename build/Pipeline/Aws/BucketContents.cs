using Amazon.S3;
using Amazon.S3.Model;

namespace BuildPipeline.Aws;

/// <summary>What a bucket holds, versions included.</summary>
public sealed class BucketContents(IAwsClients clients)
{
    /// <summary>True if the bucket exists and holds at least one object or old version under a prefix.</summary>
    public async Task<bool> AnyAsync(string bucket, CancellationToken cancellationToken, string prefix = "")
    {
        try
        {
            var page = await clients.S3.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket, Prefix = prefix, MaxKeys = 1 }, cancellationToken);
            return page.Versions is { Count: > 0 };
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchBucket")
        {
            return false;
        }
    }

    /// <summary>Creates a bucket that does not exist yet.</summary>
    public async Task EnsureExistsAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            await clients.S3.PutBucketAsync(bucket, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "BucketAlreadyOwnedByYou")
        {
            // It is there.
        }
    }

    /// <summary>Deletes an empty bucket.</summary>
    public Task DeleteBucketAsync(string bucket, CancellationToken cancellationToken) => clients.S3.DeleteBucketAsync(bucket, cancellationToken);

    /// <summary>Deletes every object with all its versions; what is deleted cannot be restored.</summary>
    /// <returns>How many versions were deleted.</returns>
    public async Task<int> DeleteAllAsync(string bucket, CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (true)
        {
            var page = await clients.S3.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket, MaxKeys = 1000 }, cancellationToken);
            if (page.Versions is not { Count: > 0 } versions)
            {
                return deleted;
            }

            await clients.S3.DeleteObjectsAsync(
                new DeleteObjectsRequest
                {
                    BucketName = bucket,
                    Quiet = true,
                    Objects = [.. versions.Select(version => new KeyVersion { Key = version.Key, VersionId = version.VersionId })],
                },
                cancellationToken);
            deleted += versions.Count;
        }
    }
}
