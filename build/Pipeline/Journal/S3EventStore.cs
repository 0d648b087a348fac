using System.Globalization;
using BuildPipeline.Aws;

namespace BuildPipeline.Journal;

/// <summary>Events in the state bucket: <c>runs/ENVIRONMENT/RUN-ID/events/000001.json</c>, each created by a conditional write.</summary>
/// <param name="documents">The documents of the state bucket.</param>
/// <param name="environment">The environment.</param>
public sealed class S3EventStore(S3Documents documents, string environment) : IEventStore
{
    /// <summary>Folder of a run that has its events.</summary>
    public const string Folder = "events";

    private const string What = "event";

    /// <inheritdoc/>
    public DateTimeOffset Now => documents.Now;

    /// <inheritdoc/>
    public string PlaceOf(string runId) => $"s3://{documents.Bucket}/{PrefixOf(runId)}";

    /// <summary>The number in the key of an event; null for any other key.</summary>
    public static int? NumberOf(string key) =>
        int.TryParse(Path.GetFileNameWithoutExtension(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, int after, CancellationToken cancellationToken)
    {
        var keys = await documents.KeysAsync(PrefixOf(runId), cancellationToken, KeyOf(runId, after));
        return await Concurrently.SelectAsync([.. Enumerable.Range(after + 1, keys.Count)], (number, token) => ReadOneAsync(KeyOf(runId, number), token), cancellationToken);
    }

    /// <summary>The first event of a run, which says who started it; null if there is none.</summary>
    /// <exception cref="PipelineException">It cannot be read, or the store cannot be reached.</exception>
    public async Task<RunEvent?> FirstAsync(string runId, CancellationToken cancellationToken) =>
        (await documents.ReadAsync<RunEvent>(KeyOf(runId, 1), What, cancellationToken)).Value;

    /// <summary>True if a run has events after a number.</summary>
    /// <exception cref="PipelineException">The store cannot be reached.</exception>
    public async Task<bool> HasAfterAsync(string runId, int number, CancellationToken cancellationToken) =>
        (await documents.KeysAsync(PrefixOf(runId), cancellationToken, KeyOf(runId, number))).Count > 0;

    /// <inheritdoc/>
    public Task<bool> TryAppendAsync(string runId, RunEvent next, CancellationToken cancellationToken) =>
        documents.TryCreateAsync(KeyOf(runId, next.Number), next, What, cancellationToken);

    private async Task<RunEvent> ReadOneAsync(string key, CancellationToken cancellationToken) =>
        (await documents.ReadAsync<RunEvent>(key, What, cancellationToken)).Value ?? throw new PipelineException(
            JournalErrors.BrokenLog, $"The event s3://{documents.Bucket}/{key} is missing, but later ones exist. Restore the object from an earlier version.");

    private string KeyOf(string runId, int number) => string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(runId)}{number:D6}.json");

    private string PrefixOf(string runId) => $"runs/{environment}/{runId}/{Folder}/";
}
