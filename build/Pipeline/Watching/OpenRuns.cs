using System.Collections.Concurrent;
using BuildPipeline.Accounts;
using BuildPipeline.History;
using BuildPipeline.Journal;
using BuildPipeline.Runs;

namespace BuildPipeline.Watching;

/// <summary>Finds the open runs of an environment: closed ones by the monthly indexes, the rest by their logs, each of which is read once as long as it does not change.</summary>
public sealed class OpenRuns(RunReader reader, HistoryIndexStore indexes)
{
    private const int AtOnce = 16;

    private readonly ConcurrentDictionary<string, bool> _closed = [];

    // Number of the last event of runs that were never launched.
    private readonly ConcurrentDictionary<string, int> _idle = [];

    private bool _isIndexRead;

    /// <summary>The open runs that the caller does not have yet.</summary>
    /// <param name="known">IDs of those that it has.</param>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public async Task<IReadOnlyList<RunRecord>> FindOthersAsync(IReadOnlyCollection<string> known, CancellationToken cancellationToken)
    {
        await ReadIndexesAsync(cancellationToken);
        var found = new ConcurrentBag<RunRecord>();
        var ids = (await reader.IdsAsync("", cancellationToken)).Where(id => !_closed.ContainsKey(id)).Except(known);
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, token) =>
        {
            if (_idle.TryGetValue(id, out var last) && !await reader.HasEventsAfterAsync(id, last, token))
            {
                return;
            }

            if (await ReadAsync(id, token) is { IsOpen: true, Adopted: null } run)
            {
                found.Add(run);
            }
        });
        return [.. found.OrderBy(run => run.RunId, StringComparer.Ordinal)];
    }

    /// <summary>A run as its log has it now; null if it cannot be read, or a newer version of the program has written it.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public async Task<RunRecord?> ReadAsync(string runId, CancellationToken cancellationToken)
    {
        try
        {
            var run = (await reader.ReadAsync(runId, cancellationToken))?.Record;
            if (run is null || run.ClosedAt is not null || run.IsNewer())
            {
                _closed[runId] = true;
            }
            else if (!run.IsOpen)
            {
                _idle[runId] = run.LastEvent ?? 0;
            }

            return run is not null && run.IsNewer() ? null : run;
        }
        catch (PipelineException exception) when (exception.Code == JournalErrors.BrokenLog || exception.Code == AccountErrors.UnreadableDocument)
        {
            _closed[runId] = true;
            return null;
        }
    }

    private async Task ReadIndexesAsync(CancellationToken cancellationToken)
    {
        if (_isIndexRead)
        {
            return;
        }

        foreach (var month in await indexes.MonthsAsync(cancellationToken))
        {
            foreach (var entry in (await indexes.ReadAsync(month, cancellationToken)).Runs.Where(entry => entry.ClosedAt is not null))
            {
                _closed[entry.RunId] = true;
            }
        }

        _isIndexRead = true;
    }
}
