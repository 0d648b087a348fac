using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Journal;

namespace BuildPipeline.Runs;

/// <summary>One run, as its events tell it.</summary>
/// <param name="archive">The runs of the environment.</param>
/// <param name="log">The events of this one.</param>
/// <param name="runId">Its ID.</param>
/// <param name="isLocal">True if the events are on this machine only.</param>
public sealed class RunJournal(RunArchive archive, EventLog log, string runId, bool isLocal)
{
    /// <summary>True if the run has no event: it is new, or an older version has recorded it in a folder only.</summary>
    public bool IsEmpty => log.Events.Count == 0;

    /// <summary>The process that wrote its first event; null if it has none.</summary>
    public Driver? StartedBy => IsEmpty ? null : log.Events[0].Driver;

    /// <summary>True if a newer version of the program has written to it.</summary>
    public bool IsNewer => log.IsNewer;

    /// <summary>True once another process has continued the run, so this one must not write.</summary>
    public bool IsOvertaken => log.IsOvertaken;

    /// <summary>The record.</summary>
    /// <exception cref="PipelineException">The events do not add up to one (exit code 2).</exception>
    public RunRecord Record
    {
        get
        {
            try
            {
                return RunDocument.Read(Document());
            }
            catch (JsonException exception)
            {
                throw new PipelineException(
                    JournalErrors.BrokenLog, $"The events in {archive.Place}{runId}/ are not those of a run: {exception.Message}", exception);
            }
        }
    }

    /// <summary>The record's document, with the number of the last event.</summary>
    public JsonObject Document()
    {
        var document = log.State.DeepClone().AsObject();
        document["last_event"] = log.Events.Count;
        return document;
    }

    /// <summary>Appends an event; it is in the bucket when this returns.</summary>
    /// <param name="kind">Short name, for example <c>launch.intent</c>.</param>
    /// <param name="change">The change of the record; null if nothing changes.</param>
    /// <param name="detail">What to know of it; written as JSON.</param>
    /// <exception cref="PipelineException">Another process has continued the run (75), a newer version of the program has (2), or the bucket cannot be reached.</exception>
    public Task AppendAsync(string kind, Func<RunRecord, RunRecord>? change, object? detail, CancellationToken cancellationToken) =>
        AppendDocumentAsync(kind, change is null ? null : state => RunDocument.Create(change(RunDocument.Read(state))), detail, cancellationToken);

    /// <summary>Starts the log with a record.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public Task BeginAsync(string kind, RunRecord run, object? detail, CancellationToken cancellationToken) =>
        AppendDocumentAsync(kind, _ => RunDocument.Create(run), detail, cancellationToken);

    /// <summary>True if the log has an event of that kind and ID.</summary>
    /// <param name="kind">Kind of the event.</param>
    /// <param name="id">The member <c>id</c> of its detail.</param>
    public bool HasEvent(string kind, string id) => log.Events.Any(known => known.Kind == kind && (string?)known.Detail?["id"] == id);

    /// <summary>The newest event of those kinds; null if the log has none.</summary>
    public RunEvent? NewestOf(params string[] kinds) => log.Events.LastOrDefault(known => kinds.Contains(known.Kind));

    /// <summary>Stores a file of the run for other machines.</summary>
    /// <exception cref="PipelineException">It cannot be stored.</exception>
    public Task PutFileAsync(string file, CancellationToken cancellationToken) => isLocal ? Task.CompletedTask : archive.PutFileAsync(runId, file, cancellationToken);

    /// <summary>Gets a file of the run that a machine has stored.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public Task GetFileAsync(string file, bool replace, CancellationToken cancellationToken) => archive.GetFileAsync(runId, file, replace, cancellationToken);

    private async Task AppendDocumentAsync(string kind, Func<JsonObject, JsonObject>? change, object? detail, CancellationToken cancellationToken)
    {
        await log.AppendAsync(kind, change, detail, cancellationToken);

        // A remark changes nothing, and who makes one needs no right to replace the record.
        await (isLocal || log.Events[^1].IsNote() ? archive.ProjectHereAsync(runId, log.Events, Document()) : archive.ProjectAsync(runId, log.Events, Document()));
    }
}
