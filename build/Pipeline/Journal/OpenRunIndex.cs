using BuildPipeline.Aws;

namespace BuildPipeline.Journal;

/// <summary>An open run of an environment, for machines that do not have its folder: <c>runs/ENVIRONMENT/open/RUN-ID.json</c> in the state bucket.</summary>
public sealed record OpenRun
{
    /// <summary>Format of this document.</summary>
    public string Format { get; init; } = "open-run/1";

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>Region of its jobs and of its artifact bucket.</summary>
    public required string Region { get; init; }

    /// <summary>The bucket that holds its record.</summary>
    public required string ArtifactBucket { get; init; }

    /// <summary>Prefix of its keys in that bucket, without the run's ID.</summary>
    public required string ArtifactPrefix { get; init; }

    /// <summary>Prefix of its jobs' names, without the run's ID.</summary>
    public required string JobName { get; init; }
}

/// <summary>The open runs of an environment, whoever launched them.</summary>
/// <param name="documents">The documents of the state bucket.</param>
/// <param name="environment">The environment.</param>
public sealed class OpenRunIndex(S3Documents documents, string environment)
{
    private const string What = "open run";

    /// <summary>Where the entries are, for messages.</summary>
    public string Place => $"s3://{documents.Bucket}/{Prefix}";

    private string Prefix => $"runs/{environment}/open/";

    /// <summary>Adds a run, before its first job can exist; one that is there already stays.</summary>
    /// <exception cref="PipelineException">S3 cannot be reached.</exception>
    public Task AddAsync(OpenRun run, CancellationToken cancellationToken) => documents.TryWriteAsync(KeyOf(run.RunId), run, null, What, cancellationToken);

    /// <summary>Removes a run, once it is closed.</summary>
    /// <exception cref="PipelineException">S3 cannot be reached.</exception>
    public Task RemoveAsync(string runId, CancellationToken cancellationToken) => documents.DeleteAsync(KeyOf(runId), What, cancellationToken);

    /// <summary>All open runs.</summary>
    /// <exception cref="PipelineException">S3 cannot be reached, or an entry cannot be read.</exception>
    public async Task<IReadOnlyList<OpenRun>> ListAsync(CancellationToken cancellationToken)
    {
        var runs = new List<OpenRun>();
        foreach (var key in await documents.KeysAsync(Prefix, cancellationToken))
        {
            // A run that is closed between the list and the read is not open.
            if ((await documents.ReadAsync<OpenRun>(key, What, cancellationToken)).Value is { } run)
            {
                runs.Add(run);
            }
        }

        return runs;
    }

    private string KeyOf(string runId) => $"{Prefix}{runId}.json";
}
