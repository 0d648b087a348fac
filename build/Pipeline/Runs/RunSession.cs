using BuildPipeline.Journal;

namespace BuildPipeline.Runs;

/// <summary>The run that this process works on; each change is on the disk before the next step begins.</summary>
public sealed class RunSession(RunStore store) : IDisposable
{
    private RunLease? _lease;

    /// <summary>The run; null where the target works on none.</summary>
    public RunRecord? Current { get; private set; }

    /// <summary>The store of all runs.</summary>
    public RunStore Store => store;

    /// <summary>The run, where the target cannot do without.</summary>
    public RunRecord Run => Current ?? throw new InvalidOperationException("This target has opened no run.");

    /// <summary>The steps that this process takes with the run, in order.</summary>
    public IReadOnlyList<RunStep> Steps { get; set; } = [];

    /// <summary>True where a step is to be taken. Without a run, as in a dry run, every step is.</summary>
    public bool Needs(RunStep step) => Current is null || Steps.Contains(step);

    /// <summary>Absolute path of one file of the run.</summary>
    public string PathOf(string file) => store.PathOf(Run.RunId, file);

    /// <summary>Works on that run from here on.</summary>
    public void Open(RunRecord run) => Current = run;

    /// <summary>Keeps the lease until this process ends.</summary>
    public void Hold(RunLease lease) => _lease = lease;

    /// <summary>Replaces the record, saves it and appends an event.</summary>
    /// <exception cref="InvalidOperationException">The run is closed, or the change would take it back to an earlier stage.</exception>
    public Task UpdateAsync(string kind, Func<RunRecord, RunRecord> change, object? detail, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var changed = change(Run);
        if (Run.ClosedAt is not null || changed.Stage < Run.Stage)
        {
            throw new InvalidOperationException($"Run {Run.RunId} is at {Run.State} and cannot take the event {kind} to {changed.State}.");
        }

        Current = changed;
        store.Save(Current);
        store.Append(Current.RunId, kind, detail);
        return Task.CompletedTask;
    }

    /// <summary>Gives the lease back.</summary>
    public void Dispose() => _lease?.Dispose();
}
