using BuildPipeline.Accounts;
using BuildPipeline.Runs;

namespace BuildPipeline.History;

/// <summary>The copies of an environment's runs on this machine. Those of runs that may change are brought up to date; the indexes say which are closed.</summary>
public sealed class RunCopies(RunReader reader, HistoryIndexStore indexes, RunArchive archive, RunStore store)
{
    /// <summary>Brings up to date what is not closed, and the newest closed run of each job.</summary>
    /// <param name="also">Further closed runs; null is none.</param>
    /// <exception cref="PipelineException">The bucket cannot be reached, or a run in it cannot be read (exit code 2).</exception>
    public async Task RefreshAsync(Func<HistoryEntry, bool>? also, CancellationToken cancellationToken)
    {
        var closed = await ClosedAsync(cancellationToken);
        var newest = closed.Values.GroupBy(entry => entry.JobFile).Select(runs => runs.Max(entry => entry.RunId)!);
        var needed = closed.Values.Where(entry => also?.Invoke(entry) == true || store.TryLoad(entry.RunId) is { ClosedAt: null }).Select(entry => entry.RunId);
        var runs = (await reader.IdsAsync("", cancellationToken)).Where(id => !closed.ContainsKey(id)).Union(newest).Union(needed);
        await Concurrently.ForEachAsync(runs, archive.RefreshAsync, cancellationToken);
    }

    /// <summary>The runs that no index knows as closed, oldest first.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public async Task<IReadOnlyList<string>> UnclosedAsync(CancellationToken cancellationToken)
    {
        var closed = await ClosedAsync(cancellationToken);
        return [.. (await reader.IdsAsync("", cancellationToken)).Where(id => !closed.ContainsKey(id))];
    }

    // Who may not read the indexes looks at every run.
    private async Task<Dictionary<string, HistoryEntry>> ClosedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await indexes.ReadAsync(null, cancellationToken)).Where(entry => entry.ClosedAt is not null).ToDictionary(entry => entry.RunId);
        }
        catch (PipelineException exception) when (exception.Code == AccountErrors.AccessDenied)
        {
            return [];
        }
    }
}
