using System.Text.Json;
using BuildPipeline.Aws;
using BuildPipeline.Journal;

namespace BuildPipeline.Runs;

/// <summary>A run as the state bucket has it.</summary>
/// <param name="Record">Its record.</param>
/// <param name="StartedBy">The process that wrote its first event.</param>
public sealed record LoggedRun(RunRecord Record, Driver StartedBy);

/// <summary>Reads runs one by one from the state bucket, in a number of requests that does not grow with the events of the run or the number of runs.</summary>
/// <param name="documents">The documents of the state bucket.</param>
/// <param name="archive">Reads the events where <c>run.json</c> is behind them.</param>
/// <param name="environment">The environment.</param>
public sealed class RunReader(S3Documents documents, RunArchive archive, string environment)
{
    private readonly S3EventStore _events = new(documents, environment);
    private readonly string _prefix = RunArchive.PrefixOf(environment);

    /// <summary>The IDs of the runs in the bucket, oldest first.</summary>
    /// <param name="start">What the IDs start with, for example <c>202611</c>; empty is all.</param>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public async Task<IReadOnlyList<string>> IdsAsync(string start, CancellationToken cancellationToken) =>
    [
        .. (await documents.FoldersAsync(_prefix + start, cancellationToken))
            .Select(folder => folder[_prefix.Length..].TrimEnd('/')).Where(RunStore.IsRunId).Order(StringComparer.Ordinal),
    ];

    /// <summary>True if the run has events after that number, so what was read of it is out of date.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public Task<bool> HasEventsAfterAsync(string runId, int number, CancellationToken cancellationToken) => _events.HasAfterAsync(runId, number, cancellationToken);

    /// <summary>Reads a run; null if the bucket has none of this ID.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached, or the events cannot be read (exit code 2).</exception>
    public async Task<LoggedRun?> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        if (await ProjectionAsync(runId, cancellationToken) is { LastEvent: { } last } record
            && (record.ClosedAt is not null || !await HasEventsAfterAsync(runId, last, cancellationToken))
            && await _events.FirstAsync(runId, cancellationToken) is { } first)
        {
            return new(record, first.Driver);
        }

        var journal = await archive.OpenAsync(runId, null, cancellationToken);
        return journal.StartedBy is { } driver ? new(journal.Record, driver) : null;
    }

    // run.json is written after each event. Of a closed run it is final; any other one can be behind the events, or be damaged.
    private async Task<RunRecord?> ProjectionAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            return await documents.ReadBytesAsync($"{_prefix}{runId}/{RunFiles.Run}", RunFiles.Run, cancellationToken) is { } content
                && RunDocument.Read(content) is { } record && record.RunId == runId ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
