using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Aws;
using BuildPipeline.Runs;

namespace BuildPipeline.Training;

/// <summary>A channel of a job and where its files lie.</summary>
/// <param name="Name">As the program knows it: the folder below <c>/opt/ml/input/data</c>.</param>
/// <param name="Uri">S3 prefix.</param>
public sealed record InputChannel(string Name, string Uri);

/// <summary>Puts the training program and the data into the artifact bucket, each under its digest and only once.</summary>
/// <remarks>
/// Every file goes with the SHA-256 that was approved, and S3 itself refuses it when its bytes differ: what was approved is
/// what runs and what is trained on, also where a file changes in between.
/// </remarks>
public sealed class TrainingUploads(IAwsClients clients)
{
    /// <summary>The most that S3 takes in one piece, bytes.</summary>
    private const long MaxFileBytes = 5L * 1024 * 1024 * 1024;

    private const int FilesAtATime = 8;

    /// <summary>Uploads what is not there yet.</summary>
    /// <returns>The channels of the job: those of its data, and <c>code</c>.</returns>
    /// <exception cref="PipelineException">The data is missing in S3, too large or changed, or S3 refuses or does not answer.</exception>
    public async Task<IReadOnlyList<InputChannel>> UploadAsync(
        TrainingJobSpec job, FolderContent program, IReadOnlyList<TrainingData> data, CancellationToken cancellationToken)
    {
        try
        {
            var channels = new List<InputChannel>();
            foreach (var channel in data)
            {
                channels.Add(new(channel.Channel, await PlaceAsync(job, channel, cancellationToken)));
            }

            var code = RunLocations.Bundle(job, program.Sha256);
            await UploadFolderAsync(job, program, code, cancellationToken);
            return [.. channels, new("code", code.ToString())];
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"uploading to the bucket {job.ArtifactBucket}", clients.Connection);
        }
    }

    /// <returns>The S3 prefix of the data.</returns>
    private async Task<string> PlaceAsync(TrainingJobSpec job, TrainingData data, CancellationToken cancellationToken)
    {
        if (data.Folder is not { } folder)
        {
            await RequireAsync(data, cancellationToken);
            return data.Uri;
        }

        if (folder.Files.FirstOrDefault(file => file.Size > MaxFileBytes) is { } large)
        {
            throw new PipelineException(ExitCode.BadConfiguration,
                $"{folder.FullPath(large)} is larger than 5 GiB: put the data into S3 yourself and name its s3:// prefix as {data.Variable}.");
        }

        var target = RunLocations.Data(job, folder.Sha256);
        await UploadFolderAsync(job, folder, target, cancellationToken);
        return target.ToString();
    }

    private async Task UploadFolderAsync(TrainingJobSpec job, FolderContent folder, S3Uri target, CancellationToken cancellationToken)
    {
        var present = await SizesUnderAsync(target, cancellationToken);
        var missing = folder.Files.Where(file => !present.TryGetValue(file.Path, out var size) || size != file.Size);
        var options = new ParallelOptions { MaxDegreeOfParallelism = FilesAtATime, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(missing, options, async (file, token) => await UploadFileAsync(job, folder, file, target, token));
    }

    private async Task UploadFileAsync(
        TrainingJobSpec job, FolderContent folder, ContentFile file, S3Uri target, CancellationToken cancellationToken)
    {
        var request = Put(job, target, file.Path);
        request.FilePath = folder.FullPath(file);
        request.ChecksumSHA256 = Convert.ToBase64String(Convert.FromHexString(file.Sha256));
        try
        {
            await clients.S3.PutObjectAsync(request, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode is "BadDigest" or "InvalidRequest" or "XAmzContentChecksumMismatch")
        {
            throw new PipelineException(ExitCode.NotApproved,
                $"{request.FilePath} changed after the run was approved, and S3 refused it: start a new run.", exception);
        }
    }

    private async Task RequireAsync(TrainingData data, CancellationToken cancellationToken)
    {
        var location = data.Location!;
        try
        {
            var request = new ListObjectsV2Request { BucketName = location.Bucket, Prefix = location.Key, MaxKeys = 1 };
            var response = await clients.S3.ListObjectsV2Async(request, cancellationToken);
            if (response.S3Objects is not { Count: > 0 })
            {
                throw new PipelineException(ExitCode.BadConfiguration, $"There is no {data.Channel} data under {location}: check {data.Variable}.");
            }
        }
        catch (AmazonS3Exception exception) when (AwsErrors.Classify(exception) == AwsFault.NotFound)
        {
            throw new PipelineException(ExitCode.BadConfiguration, $"The bucket of {location} does not exist: check {data.Variable}.", exception);
        }
        catch (AmazonS3Exception exception) when (AwsErrors.Classify(exception) == AwsFault.AccessDenied)
        {
            // Only the job's own role has to be able to read the data; whoever launches may well not be.
        }
    }

    /// <summary>Sizes, in bytes, of what lies under a prefix, by the rest of the key.</summary>
    private async Task<Dictionary<string, long>> SizesUnderAsync(S3Uri prefix, CancellationToken cancellationToken)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        var request = new ListObjectsV2Request { BucketName = prefix.Bucket, Prefix = prefix.Key };
        do
        {
            var page = await clients.S3.ListObjectsV2Async(request, cancellationToken);
            foreach (var item in page.S3Objects ?? [])
            {
                sizes[item.Key[prefix.Key.Length..]] = item.Size ?? 0;
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
        return sizes;
    }

    private static PutObjectRequest Put(TrainingJobSpec job, S3Uri target, string name) => new()
    {
        BucketName = target.Bucket,
        Key = target.Key + name,
        ServerSideEncryptionMethod = job.KmsKeyArn is null ? null : ServerSideEncryptionMethod.AWSKMS,
        ServerSideEncryptionKeyManagementServiceKeyId = job.KmsKeyArn,
    };
}
