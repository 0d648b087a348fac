using System.Collections.Concurrent;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Aws;
using BuildPipeline.Jobs;

namespace BuildPipeline.Uploads;

/// <summary>A channel of a job and the folder in S3 that it reads.</summary>
/// <param name="Name">As the program knows it: the folder below <c>/opt/ml/input/data</c>.</param>
/// <param name="Uri">S3 prefix, with a slash at its end.</param>
/// <param name="Sha256">Digest of the files that the pipeline uploaded (<see cref="ContentManifest.Sha256"/>); null if the data was in S3 before.</param>
/// <param name="Marks">A short mark for each file, by which a node names the one that differs; null before the files were compared, or where they are too many.</param>
public sealed record InputChannel(string Name, string Uri, string? Sha256 = null, string? Marks = null);

/// <summary>Puts the training program and the data into the artifact bucket, each under its digest and only once.</summary>
/// <remarks>
/// Every file goes with the SHA-256 that was approved, and S3 itself refuses it when its bytes differ. What is there already is
/// used again only where its SHA-256 is right, and a folder with an object that does not belong there is not used at all.
/// </remarks>
public sealed class TrainingUploads(IAwsClients clients)
{
    private readonly UploadedFolders _uploaded = new(clients);

    /// <summary>Uploads what is not there yet.</summary>
    /// <param name="job">The job.</param>
    /// <param name="program">Its program.</param>
    /// <param name="data">Its data.</param>
    /// <param name="progress">Gets what there is to send, and what was sent.</param>
    /// <param name="cancellationToken">Ends the upload; the next one continues it.</param>
    /// <returns>The channels of the job: those of its data, and <c>code</c>.</returns>
    /// <exception cref="PipelineException">The data is missing in S3, too large or changed, or S3 refuses or does not answer.</exception>
    public async Task<IReadOnlyList<InputChannel>> UploadAsync(
        TrainingJobSpec job, ContentManifest program, IReadOnlyList<TrainingData> data, TransferProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            progress.Expect(program.Bytes + data.Sum(channel => channel.Folder?.Bytes ?? 0));
            var channels = new List<InputChannel>();
            foreach (var channel in data)
            {
                channels.Add(await ResolveChannelAsync(job, channel, progress, cancellationToken));
            }

            var code = ArtifactPaths.Bundle(job, program.Sha256);
            await UploadFolderAsync(job, program, code, progress, cancellationToken);
            return [.. channels, new(SourceBundle.CodeChannel, code.ToString(), program.Sha256)];
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"uploading to the bucket {job.ArtifactBucket}", clients.Connection);
        }
    }

    /// <summary>Compares what S3 holds now with the digests of what was uploaded, right before a job is submitted.</summary>
    /// <returns>The channels with what a node needs to do the same.</returns>
    /// <exception cref="PipelineException">An object was added, removed or replaced (exit code 4), or S3 does not answer.</exception>
    public async Task<IReadOnlyList<InputChannel>> VerifyAsync(IReadOnlyList<InputChannel> channels, CancellationToken cancellationToken)
    {
        try
        {
            var verified = new List<InputChannel>();
            foreach (var channel in channels)
            {
                verified.Add(channel.Sha256 is null ? channel : channel with { Marks = await _uploaded.RequireAsync(channel, cancellationToken) });
            }

            return verified;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, "checking the uploaded files", clients.Connection);
        }
    }

    private async Task<InputChannel> ResolveChannelAsync(TrainingJobSpec job, TrainingData data, TransferProgress progress, CancellationToken cancellationToken)
    {
        if (data.Folder is not { } folder)
        {
            await DataCheck.CheckAsync(clients, data, cancellationToken);
            return new(data.Channel, data.Location!.ToString());
        }

        if (folder.Files.FirstOrDefault(file => file.Size > FileParts.LargestFile) is { } large)
        {
            throw new PipelineException(UploadErrors.FileTooLarge,
                $"{folder.FullPath(large)} is larger than 5 TiB, the most that an object of S3 has. Split it, or put the data into S3 yourself and set {data.Variable} to its s3:// prefix.");
        }

        var target = ArtifactPaths.Data(job, folder.Sha256);
        await UploadFolderAsync(job, folder, target, progress, cancellationToken);
        return new(data.Channel, target.ToString(), folder.Sha256);
    }

    private async Task UploadFolderAsync(TrainingJobSpec job, ContentManifest folder, S3Uri target, TransferProgress progress, CancellationToken cancellationToken)
    {
        var present = await _uploaded.ListAsync(target, cancellationToken);
        if (present.Keys.Except(folder.Files.Select(file => file.Path)).FirstOrDefault() is { } foreign)
        {
            throw new PipelineException(UploadErrors.ForeignObject,
                $"{target}{foreign} was not uploaded by the pipeline, but every job that uses {target} would receive it. Find out who put it there, delete it, and launch again.");
        }

        var missing = new ConcurrentBag<ContentFile>();
        await Concurrently.ForEachAsync(folder.Files, async (file, token) =>
        {
            var isThere = present.TryGetValue(file.Path, out var stored) && stored.Size == file.Size
                && await _uploaded.Sha256Async(target, file.Path, token) == file.Sha256;
            if (isThere)
            {
                progress.Skip(file.Size);
            }
            else if (file.Parts.Count > 0)
            {
                missing.Add(file);
            }
            else
            {
                await RefusingChangesAsync(folder, file, () => clients.Uploads.PutObjectAsync(Put(job, folder, file, target), token));
                progress.Send(file.Size);
            }
        }, cancellationToken);

        // Each of these has requests enough to be alone.
        foreach (var file in missing)
        {
            var upload = new MultipartUpload(clients.Uploads, async token => await _uploaded.FindSha256Async(target, file.Path, token) == file.Sha256);
            await RefusingChangesAsync(folder, file, () => upload.SendAsync(Start(job, target, file), folder.FullPath(file), file, progress, cancellationToken));
        }
    }

    private static async Task RefusingChangesAsync(ContentManifest folder, ContentFile file, Func<Task> upload)
    {
        try
        {
            await upload();
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode is "BadDigest" or "InvalidRequest" or "XAmzContentChecksumMismatch" or "XAmzContentSHA256Mismatch")
        {
            throw new PipelineException(UploadErrors.ChangedFile,
                $"{folder.FullPath(file)} changed after the run was approved, so S3 rejected it. Start a new run.", exception);
        }
    }

    // The digest that was approved is the one that is signed, so nothing is hashed again here, neither as a whole nor in chunks.
    private static AtOnce.PutObjectRequest Put(TrainingJobSpec job, ContentManifest folder, ContentFile file, S3Uri target) => new()
    {
        BucketName = target.Bucket,
        Key = target.Key + file.Path,
        FilePath = folder.FullPath(file),
        UseChunkEncoding = false,
        Headers = { ["x-amz-content-sha256"] = file.Sha256 },
        ChecksumSHA256 = Convert.ToBase64String(Convert.FromHexString(file.Sha256)),
        ServerSideEncryptionMethod = job.KmsKeyArn is null ? null : ServerSideEncryptionMethod.AWSKMS,
        ServerSideEncryptionKeyManagementServiceKeyId = job.KmsKeyArn,
    };

    private static InitiateMultipartUploadRequest Start(TrainingJobSpec job, S3Uri target, ContentFile file) => new()
    {
        BucketName = target.Bucket,
        Key = target.Key + file.Path,
        ServerSideEncryptionMethod = job.KmsKeyArn is null ? null : ServerSideEncryptionMethod.AWSKMS,
        ServerSideEncryptionKeyManagementServiceKeyId = job.KmsKeyArn,
    };
}
