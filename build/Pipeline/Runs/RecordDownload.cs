using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Runs;

/// <summary>Reads the copy of a run's record that the pipeline keeps with its artifacts in S3, whichever machine wrote it.</summary>
/// <param name="clients">Clients of the bucket's region.</param>
/// <param name="bucket">The artifact bucket.</param>
/// <param name="prefix">Prefix of the keys of runs in the bucket.</param>
public sealed class RecordDownload(IAwsClients clients, string bucket, string prefix)
{
    /// <summary>Where the record of a run is.</summary>
    public S3Uri PlaceOf(string runId) => new(bucket, $"{prefix}/{runId}/record/");

    /// <summary>The record; null where there is none.</summary>
    /// <exception cref="PipelineException">It cannot be reached or read.</exception>
    public async Task<RunRecord?> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadFileAsync(runId, RunFiles.Run, cancellationToken) is { } file ? RunStore.Read(file) : null;
        }
        catch (JsonException exception)
        {
            throw new PipelineException(RunErrors.UnreadableRun, $"{PlaceOf(runId)}{RunFiles.Run} is not a readable run record: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the files of the record into the run's folder.</summary>
    /// <exception cref="PipelineException">They cannot be reached.</exception>
    public async Task RestoreAsync(string runId, RunStore store, CancellationToken cancellationToken)
    {
        foreach (var file in RecordUpload.Files)
        {
            if (await ReadFileAsync(runId, file, cancellationToken) is { } content)
            {
                store.Restore(runId, file, content);
            }
        }
    }

    private async Task<byte[]?> ReadFileAsync(string runId, string file, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await clients.S3.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = PlaceOf(runId).Key + file }, cancellationToken);
            using var content = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(content, cancellationToken);
            return content.ToArray();
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode is "NoSuchKey" or "NoSuchBucket")
        {
            return null;
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"reading {PlaceOf(runId)}{file}", clients.Connection);
        }
    }
}
