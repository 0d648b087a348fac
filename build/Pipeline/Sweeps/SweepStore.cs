using BuildPipeline.Aws;
using BuildPipeline.Journal;
using BuildPipeline.Runs;

namespace BuildPipeline.Sweeps;

/// <summary>Keeps the sweeps of an environment in its state bucket, next to the runs. A sweep is changed by conditional writes.</summary>
/// <param name="documents">The documents of the state bucket.</param>
/// <param name="environment">The environment.</param>
/// <param name="time">Source of the pauses of a lease.</param>
public sealed class SweepStore(S3Documents documents, string environment, TimeProvider time)
{
    private const string What = "sweep";
    private const int Tries = 20;

    private readonly string _prefix = $"{RunArchive.PrefixOf(environment)}sweeps/";

    /// <summary>The IDs of the sweeps, oldest first.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public async Task<IReadOnlyList<string>> IdsAsync(CancellationToken cancellationToken) =>
    [
        .. (await documents.FoldersAsync(_prefix, cancellationToken)).Select(folder => folder[_prefix.Length..].TrimEnd('/')).Where(SweepRecord.IsSweepId).Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads a sweep; null if there is none of this ID.</summary>
    /// <exception cref="PipelineException">It cannot be read, or a newer version of the program has written it (exit code 2).</exception>
    public async Task<SweepRecord?> FindAsync(string sweepId, CancellationToken cancellationToken) => (await FindVersionAsync(sweepId, cancellationToken)).Value;

    /// <summary>Reads a sweep.</summary>
    /// <exception cref="PipelineException">There is none of this ID, or it cannot be read (exit code 2).</exception>
    public async Task<SweepRecord> ReadAsync(string sweepId, CancellationToken cancellationToken) =>
        await FindAsync(sweepId, cancellationToken) ?? throw new PipelineException(SweepErrors.NoSuchSweep, $"Environment {environment} has no sweep {sweepId} (s3://{documents.Bucket}/{KeyOf(sweepId)}).");

    /// <summary>Creates a sweep.</summary>
    /// <returns>False if its ID is taken.</returns>
    /// <exception cref="PipelineException">The bucket cannot be written.</exception>
    public Task<bool> TryCreateAsync(SweepRecord sweep, CancellationToken cancellationToken) => documents.TryCreateAsync(KeyOf(sweep.SweepId), sweep, What, cancellationToken);

    /// <summary>Changes a sweep.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="change">Makes the new record of the current one; it may be called more than once.</param>
    /// <exception cref="PipelineException">There is no such sweep, or it cannot be written.</exception>
    public async Task<SweepRecord> ChangeAsync(string sweepId, Func<SweepRecord, SweepRecord> change, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var (sweep, version, _) = await FindVersionAsync(sweepId, cancellationToken);
            var next = change(sweep ?? await ReadAsync(sweepId, cancellationToken));
            if (next == sweep || await documents.TryWriteAsync(KeyOf(sweepId), next, version, What, cancellationToken) is not null)
            {
                return next;
            }
        }

        throw new PipelineException(JournalErrors.LogBusy, $"The sweep s3://{documents.Bucket}/{KeyOf(sweepId)} kept changing ({Tries} attempts). Try again.");
    }

    /// <summary>The lease of a sweep: the process that starts its variants.</summary>
    public Lease LeaseOf(string sweepId) => new(documents, $"{_prefix}{sweepId}/{Lease.File}", $"sweep {sweepId}", time);

    private async Task<S3Document<SweepRecord>> FindVersionAsync(string sweepId, CancellationToken cancellationToken)
    {
        var read = await documents.ReadAsync<SweepRecord>(KeyOf(sweepId), What, cancellationToken);
        return read.Value is not { SchemaVersion: > SweepRecord.CurrentSchema } newer ? read : throw new PipelineException(
            SweepErrors.NewerSweep, $"A newer version of this program has written sweep {sweepId} (schema version {newer.SchemaVersion}; this version knows {SweepRecord.CurrentSchema}). Update the checkout.");
    }

    private string KeyOf(string sweepId) => $"{_prefix}{sweepId}/sweep.json";
}
