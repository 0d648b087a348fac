using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Uploads;

/// <summary>Checks, by reading only, that data in S3 exists and is a folder that SageMaker can bring to the nodes.</summary>
public static class DataCheck
{
    /// <summary>Checks the data of one channel; data that is a folder of the repository has nothing to check here.</summary>
    /// <param name="clients">The account.</param>
    /// <param name="data">The channel.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>A sentence where these credentials may not look, so nothing was checked; otherwise null.</returns>
    /// <exception cref="PipelineException">There is no such bucket or folder, or a key that cannot be a file name (exit code 2).</exception>
    public static async Task<string?> CheckAsync(IAwsClients clients, TrainingData data, CancellationToken cancellationToken)
    {
        if (data.Location is not { } folder)
        {
            return null;
        }

        try
        {
            await RequireRegionAsync(clients, data, folder, cancellationToken);
            await RequireFileAsync(clients.S3, data, folder, cancellationToken);
            return null;
        }
        catch (AmazonS3Exception exception) when (AwsErrors.Classify(exception) == AwsErrorKind.NotFound || exception.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            throw new PipelineException(UploadErrors.NoBucket, $"The bucket of {folder} does not exist. Check {data.Variable}.", exception);
        }
        catch (AmazonS3Exception exception) when (AwsErrors.Classify(exception) == AwsErrorKind.AccessDenied || exception.StatusCode == System.Net.HttpStatusCode.Forbidden)
        {
            // Only the job's own role has to be able to read the data.
            return $"{data.Variable} was not checked: these credentials may not list {folder}. If it is empty or missing, the job fails after it has started.";
        }
    }

    private static async Task RequireRegionAsync(IAwsClients clients, TrainingData data, S3Uri folder, CancellationToken cancellationToken)
    {
        var bucket = await clients.S3.HeadBucketAsync(new HeadBucketRequest { BucketName = folder.Bucket }, cancellationToken);
        if (bucket.BucketRegion is { Length: > 0 } region && region != clients.Connection.Region)
        {
            throw Bad(UploadErrors.OtherRegion, data, $"The bucket {folder.Bucket} is in {region}, but the job runs in {clients.Connection.Region}, and SageMaker only reads data in its own region");
        }
    }

    private static async Task RequireFileAsync(IAmazonS3 s3, TrainingData data, S3Uri folder, CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = folder.Bucket, Prefix = folder.Key };
        do
        {
            var page = await s3.ListObjectsV2Async(request, cancellationToken);
            var files = (page.S3Objects ?? []).Select(item => item.Key).Where(key => !key.EndsWith('/')).ToList();
            if (files.Find(key => !IsFileName(key[folder.Key.Length..])) is { } key)
            {
                throw Bad(UploadErrors.UnusableKey, data, $"The object {new S3Uri(folder.Bucket, key)} cannot become a file on the nodes: its key has an empty, . or .. part; rename it");
            }

            if (files.Count > 0)
            {
                return;
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);

        throw Bad(UploadErrors.NoData, data, await DescribeMissingAsync(s3, data, folder, cancellationToken));
    }

    private static async Task<string> DescribeMissingAsync(IAmazonS3 s3, TrainingData data, S3Uri folder, CancellationToken cancellationToken)
    {
        var name = folder.Key.TrimEnd('/');
        var page = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = folder.Bucket, Prefix = name, MaxKeys = 1 }, cancellationToken);
        var isObject = name.Length > 0 && page.S3Objects is [{ } first, ..] && first.Key == name;
        return isObject
            ? $"{new S3Uri(folder.Bucket, name)} is one object, but a channel needs a folder: put the object into a folder and name the folder"
            : $"There is no {data.Channel} data under {folder}";
    }

    private static bool IsFileName(string path) => path.Split('/').All(part => part is not ("" or "." or ".."));

    private static PipelineException Bad(ErrorCode error, TrainingData data, string problem) => new(error, $"{problem}. Check {data.Variable}.");
}
