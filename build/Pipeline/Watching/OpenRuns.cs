using BuildPipeline.History;
using BuildPipeline.Runs;

namespace BuildPipeline.Watching;

/// <summary>Finds the open runs of an environment: closed ones by the monthly indexes, the rest by their logs, each of which is read once as long as it does not change.</summary>
public sealed class OpenRuns(RunReader reader, HistoryIndexStore indexes)
{
    // Closed, or not to be watched.
    private readonly HashSet<string> _settled = [];

    private readonly List<UnreadableRun> _unreadable = [];

    // Number of the last event of runs that were never launched.
    private readonly Dictionary<string, int> _idle = [];

    private bool _isIndexRead;

    /// <summary>Runs that may be open, but cannot be read.</summary>
    public IReadOnlyList<UnreadableRun> Unreadable => _unreadable;

    /// <summary>The open runs that the caller does not have yet, oldest first.</summary>
    /// <param name="known">IDs of those that it has.</param>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public async Task<IReadOnlyList<RunRecord>> FindOthersAsync(IReadOnlyCollection<string> known, CancellationToken cancellationToken)
    {
        await ReadIndexesAsync(cancellationToken);
        return await ReadAsync((await reader.IdsAsync("", cancellationToken)).Where(id => !_settled.Contains(id)).Except(known), cancellationToken);
    }

    /// <summary>A run as its log has it now; null if it is not open, cannot be read, or a newer version of the program has written it.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public async Task<RunRecord?> ReadAsync(string runId, CancellationToken cancellationToken) =>
        (await ReadAsync([runId], cancellationToken)).SingleOrDefault();

    private async Task<IReadOnlyList<RunRecord>> ReadAsync(IEnumerable<string> runIds, CancellationToken cancellationToken)
    {
        var reading = await reader.ReadChangedAsync(runIds, _idle, cancellationToken);
        _unreadable.AddRange(reading.Unreadable);
        _settled.UnionWith(reading.Unreadable.Select(run => run.RunId));
        foreach (var run in reading.Changed.Select(logged => logged.Record))
        {
            if (run.IsOpen && run.IsNewer())
            {
                _unreadable.Add(new(run.RunId, $"A newer version of this program has written it (schema version {run.SchemaVersion}; this version knows {RunRecord.CurrentSchema}). Update the checkout."));
            }

            if (run.ClosedAt is not null || run.Adopted is not null || run.IsNewer())
            {
                _settled.Add(run.RunId);
            }
            else if (!run.IsOpen)
            {
                _idle[run.RunId] = run.LastEvent ?? 0;
            }
        }

        return [.. reading.Changed.Select(logged => logged.Record).Where(run => run.IsOpen && !_settled.Contains(run.RunId))];
    }

    private async Task ReadIndexesAsync(CancellationToken cancellationToken)
    {
        if (_isIndexRead)
        {
            return;
        }

        foreach (var entry in await indexes.ReadAsync(null, cancellationToken))
        {
            if (entry.ClosedAt is not null)
            {
                _settled.Add(entry.RunId);
            }
            else
            {
                _idle[entry.RunId] = entry.LastEvent;
            }
        }

        _isIndexRead = true;
    }
}
