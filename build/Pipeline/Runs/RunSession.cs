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

    /// <summary>Absolute path of one file of the run.</summary>
    public string PathOf(string file) => store.PathOf(Run.RunId, file);

    /// <summary>Works on that run from here on.</summary>
    /// <param name="continued">True where an earlier process began it.</param>
    public void Open(RunRecord run, bool continued)
    {
        Current = run;
        store.Append(run.RunId, continued ? "run.continued" : "run.started", new { run.Environment, Environment.ProcessId });
    }

    /// <summary>Keeps the lease until this process ends.</summary>
    public void Hold(RunLease lease) => _lease = lease;

    /// <summary>Replaces the record, saves it and appends an event.</summary>
    public RunRecord Update(string kind, Func<RunRecord, RunRecord> change, object? detail = null)
    {
        Current = change(Run);
        store.Save(Current);
        store.Append(Current.RunId, kind, detail);
        return Current;
    }

    /// <summary>Gives the lease back.</summary>
    public void Dispose() => _lease?.Dispose();
}
