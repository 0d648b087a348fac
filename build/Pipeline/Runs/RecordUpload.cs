using Amazon.S3.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Runs;

/// <summary>Keeps a run's record beside its artifacts, so that the evidence does not depend on one laptop or runner.</summary>
public sealed class RecordUpload(IAwsClients clients)
{
    /// <summary>The files of a run that make up its record.</summary>
    public static IReadOnlyList<string> Files { get; } = [RunFiles.Run, RunFiles.Cost, RunFiles.Approval, RunFiles.Events, RunFiles.Summary];

    /// <summary>Uploads the files of the run that exist to <c>RUN/record/</c> in the artifact bucket.</summary>
    /// <exception cref="PipelineException">S3 refuses or does not answer.</exception>
    public async Task UploadAsync(RunRecord run, RunStore store, CancellationToken cancellationToken)
    {
        try
        {
            await PutAsync(run, store, cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            throw AwsErrors.Explain(exception, $"uploading the record of run {run.RunId}", clients.Connection);
        }
    }

    private async Task PutAsync(RunRecord run, RunStore store, CancellationToken cancellationToken)
    {
        foreach (var file in Files.Where(file => File.Exists(store.PathOf(run.RunId, file))))
        {
            await clients.S3.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = run.Job!.ArtifactBucket,
                    Key = $"{run.Job.ArtifactPrefix}/{run.RunId}/record/{file}",
                    FilePath = store.PathOf(run.RunId, file),
                },
                cancellationToken);
        }
    }
}
