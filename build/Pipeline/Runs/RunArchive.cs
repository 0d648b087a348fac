using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Aws;
using BuildPipeline.Journal;

namespace BuildPipeline.Runs;

/// <summary>The runs of an environment in its state bucket, and their copies on this machine. The events are the record; everything else is made from them.</summary>
/// <param name="documents">The documents of the state bucket.</param>
/// <param name="store">The copies on this machine.</param>
/// <param name="copies">The copies of the events.</param>
/// <param name="environment">The environment.</param>
/// <param name="target">The target of this call.</param>
public sealed class RunArchive(S3Documents documents, RunStore store, FolderEventStore copies, string environment, string target)
{
    private readonly S3EventStore _events = new(documents, environment);
    private readonly Driver _driver = new(RandomNumberGenerator.GetHexString(16, lowercase: true), Environment.MachineName, ProcessIdentity.Current, target);

    /// <summary>Where the runs are, for messages.</summary>
    public string Place => $"s3://{documents.Bucket}/{Prefix}";

    private string Prefix => PrefixOf(environment);

    /// <summary>Prefix of the keys of an environment's runs in its state bucket.</summary>
    public static string PrefixOf(string environment) => $"runs/{environment}/";

    /// <summary>Brings the copy of a run up to date. One that has the last event of its run is left as it is.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached, or the run cannot be read (exit code 2).</exception>
    public async Task RefreshAsync(string runId, CancellationToken cancellationToken)
    {
        if (await IsCurrentAsync(runId, store.TryLoad(runId), cancellationToken))
        {
            return;
        }

        if (await documents.ReadBytesAsync(KeyOf(runId, RunFiles.Run), RunFiles.Run, cancellationToken) is { } projection
            && await IsCurrentAsync(runId, TryRead(projection), cancellationToken))
        {
            store.Restore(runId, RunFiles.Run, projection);
        }
        else
        {
            await OpenAsync(runId, null, cancellationToken);
        }
    }

    /// <summary>Opens the log of a run, and brings the copy of the run up to date.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="acquire">Acquires the lease of the run, with a fencing number above the given one, and returns the number; null opens the log without a lease.</param>
    /// <exception cref="PipelineException">The log cannot be reached or read, or another process drives the run (exit code 75).</exception>
    public async Task<RunJournal> OpenAsync(string runId, Func<long, Task<long?>>? acquire, CancellationToken cancellationToken)
    {
        var log = new EventLog(_events, runId, _driver, null, RunRecord.CurrentSchema);
        await log.ReadAsync(cancellationToken);
        if (acquire is not null)
        {
            await log.HoldAsync(await acquire(log.HighestFence), cancellationToken);
        }

        var journal = new RunJournal(this, log, runId, isLocal: false);
        if (!journal.IsEmpty)
        {
            copies.Replace(runId, log.Events);
            store.Save(runId, journal.Document());
        }

        return journal;
    }

    /// <summary>Opens a log on this machine, for a run that cannot be written to the bucket; a process that continues it there takes over its record.</summary>
    /// <param name="runId">The run.</param>
    public async Task<RunJournal> OpenHereAsync(string runId, CancellationToken cancellationToken)
    {
        var log = new EventLog(copies, runId, _driver, null, RunRecord.CurrentSchema);
        await log.ReadAsync(cancellationToken);
        return new RunJournal(this, log, runId, isLocal: true);
    }

    /// <summary>Stores a file of a run next to its events, for other machines.</summary>
    /// <exception cref="PipelineException">It cannot be stored.</exception>
    public async Task PutFileAsync(string runId, string file, CancellationToken cancellationToken) =>
        await documents.WriteBytesAsync(KeyOf(runId, file), await File.ReadAllBytesAsync(store.PathOf(runId, file), cancellationToken), file, cancellationToken);

    /// <summary>Gets a file of a run, where a machine has stored it.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="file">The file.</param>
    /// <param name="replace">True to replace a file that this machine has.</param>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public async Task GetFileAsync(string runId, string file, bool replace, CancellationToken cancellationToken)
    {
        if ((replace || !File.Exists(store.PathOf(runId, file))) && await documents.ReadBytesAsync(KeyOf(runId, file), file, cancellationToken) is { } content)
        {
            store.Restore(runId, file, content);
        }
    }

    /// <summary>Copies what was appended, and replaces <c>run.json</c>. All of it is made from the events, so what fails here is made up for by the next call.</summary>
    internal async Task ProjectAsync(string runId, IReadOnlyList<RunEvent> events, JsonObject document)
    {
        await ProjectHereAsync(runId, events, document);
        try
        {
            var content = Encoding.UTF8.GetBytes(document.ToJsonString(RunJson.Indented) + "\n");
            await documents.WriteBytesAsync(KeyOf(runId, RunFiles.Run), content, RunFiles.Run, CancellationToken.None);
        }
        catch (PipelineException)
        {
            // The events are what counts.
        }
    }

    /// <summary>The part of <see cref="ProjectAsync"/> that is on this machine.</summary>
    internal async Task ProjectHereAsync(string runId, IReadOnlyList<RunEvent> events, JsonObject document)
    {
        if (!await copies.TryAppendAsync(runId, events[^1], CancellationToken.None))
        {
            copies.Replace(runId, events);
        }

        store.Save(runId, document);
    }

    // A closed run never changes.
    private async Task<bool> IsCurrentAsync(string runId, RunRecord? copy, CancellationToken cancellationToken) =>
        copy is { LastEvent: { } last } && copy.RunId == runId && (copy.ClosedAt is not null || !await _events.HasAfterAsync(runId, last, cancellationToken));

    private static RunRecord? TryRead(byte[] projection)
    {
        try
        {
            return RunDocument.Read(projection);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string KeyOf(string runId, string file) => $"{Prefix}{runId}/{file}";
}
