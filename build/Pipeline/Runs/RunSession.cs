using BuildPipeline.Journal;

namespace BuildPipeline.Runs;

/// <summary>The run that this process works on; each change is in the log of the run before the next step starts.</summary>
public sealed class RunSession(RunStore store)
{
    private RunJournal? _journal;

    /// <summary>The run; null if the target works on none.</summary>
    public RunRecord? Current { get; private set; }

    /// <summary>The store of all runs.</summary>
    public RunStore Store => store;

    /// <summary>The run, where the target cannot do without.</summary>
    public RunRecord Run => Current ?? throw new InvalidOperationException("This target has opened no run.");

    /// <summary>The steps that this process takes with the run, in order.</summary>
    public IReadOnlyList<RunStep> Steps { get; set; } = [];

    /// <summary>True once another process has continued the run, so this one must not write.</summary>
    public bool IsOvertaken => _journal?.IsOvertaken == true;

    /// <summary>True once the run is in its log; false where not even its first event could be written.</summary>
    public bool HasBegun => _journal is { IsEmpty: false };

    /// <summary>The process that started the run; null if its log was not read.</summary>
    public Driver? StartedBy => _journal?.StartedBy;

    /// <summary>True if a step is to be taken. Without a run, as in a dry run, every step is.</summary>
    public bool Needs(RunStep step) => Current is null || Steps.Contains(step);

    /// <summary>Absolute path of one file of the run.</summary>
    public string PathOf(string file) => store.PathOf(Run.RunId, file);

    /// <summary>Works on that run from here on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="journal">Its log; null if it can only be shown.</param>
    public void Open(RunRecord run, RunJournal? journal) => (Current, _journal) = (run, journal);

    /// <summary>Records that this process works on the run: the first event of a run, or of what this process does with it.</summary>
    /// <exception cref="PipelineException">The log cannot be written.</exception>
    public async Task BeginAsync(bool isNew, object detail, CancellationToken cancellationToken)
    {
        if (!Journal.IsEmpty)
        {
            await Journal.AppendAsync("run.continued", null, detail, cancellationToken);
        }
        else
        {
            await Journal.BeginAsync(isNew ? "run.started" : Run.Adopted is not null ? "run.adopted" : "run.imported", Run, detail, cancellationToken);
        }

        Current = Journal.Record;
    }

    /// <summary>Changes the record by an event, which is in the log when this returns.</summary>
    /// <exception cref="InvalidOperationException">The run is closed, or the change would take it back to an earlier stage.</exception>
    /// <exception cref="PipelineException">Another process has continued the run (75), or the log cannot be written.</exception>
    public async Task UpdateAsync(string kind, Func<RunRecord, RunRecord> change, object? detail, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Journal.AppendAsync(kind, run => Checked(kind, run, change(run)), detail, cancellationToken);
        Current = Journal.Record;
    }

    /// <summary>Notes something that changes nothing in the record, also while another process drives the run.</summary>
    /// <exception cref="PipelineException">The log cannot be written.</exception>
    public async Task NoteAsync(string kind, object detail, CancellationToken cancellationToken)
    {
        if (_journal is { IsEmpty: false, IsNewer: false })
        {
            await _journal.AppendAsync(kind, null, detail, cancellationToken);
        }
    }

    /// <summary>True if an event of that kind and ID can be noted and is not in the log yet.</summary>
    /// <param name="kind">Kind of the event.</param>
    /// <param name="id">The member <c>id</c> of its detail.</param>
    public bool IsNew(string kind, string id) => _journal is { IsEmpty: false, IsNewer: false } && !_journal.HasEvent(kind, id);

    /// <summary>Kind of the newest event of those kinds; null if the log has none.</summary>
    public string? NewestOf(params string[] kinds) => _journal?.NewestOf(kinds)?.Kind;

    /// <summary>Stores a file of the run for other machines.</summary>
    /// <exception cref="PipelineException">It cannot be stored.</exception>
    public Task PutFileAsync(string file, CancellationToken cancellationToken) => Journal.PutFileAsync(file, cancellationToken);

    /// <summary>Gets a file of the run that a machine has stored.</summary>
    /// <param name="file">The file.</param>
    /// <param name="replace">True to replace a file that this machine has.</param>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public Task GetFileAsync(string file, bool replace, CancellationToken cancellationToken) =>
        _journal?.GetFileAsync(file, replace, cancellationToken) ?? Task.CompletedTask;

    private RunJournal Journal => _journal ?? throw new InvalidOperationException("This target cannot change the run.");

    private static RunRecord Checked(string kind, RunRecord run, RunRecord changed) => run.ClosedAt is null && changed.Stage >= run.Stage
        ? changed
        : throw new InvalidOperationException($"Run {run.RunId} is at {run.State} and cannot take the event {kind} to {changed.State}.");
}
