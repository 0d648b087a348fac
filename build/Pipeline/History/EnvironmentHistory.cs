using BuildPipeline.Runs;

namespace BuildPipeline.History;

/// <summary>What was read of an environment's runs.</summary>
/// <param name="Runs">The runs, oldest first.</param>
/// <param name="Unreadable">Runs whose log cannot be read.</param>
public sealed record HistoryReading(IReadOnlyList<HistoryEntry> Runs, IReadOnlyList<UnreadableRun> Unreadable);

/// <summary>All runs of an environment, from monthly indexes that are completed from the logs.</summary>
/// <remarks>
/// One list of the run folders says which runs exist. A closed run never changes, so its entry is used as it is. A run that was never launched
/// is read again where it has new events, an open run always, and so is a run that the index lacks: it was closed by an older version, or by a
/// process that died.
/// </remarks>
public sealed class EnvironmentHistory(RunReader reader, HistoryIndexStore indexes)
{
    /// <summary>Reads the runs, and completes the indexes where the caller may write them.</summary>
    /// <param name="month">Only runs that started in this month, for example <c>2026-11</c>; null is all.</param>
    /// <param name="look">Brings an open run up to date; null takes it as it is recorded.</param>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public async Task<HistoryReading> ReadAsync(string? month, CancellationToken cancellationToken, Func<RunRecord, CancellationToken, Task<RunRecord>>? look = null)
    {
        // The indexes before the list: what they have and the list lacks was deleted, and not added meanwhile.
        var known = (await indexes.ReadAsync(month, cancellationToken)).ToDictionary(entry => entry.RunId);
        var ids = await reader.IdsAsync(month?.Replace("-", "", StringComparison.Ordinal) ?? "", cancellationToken);
        var unsettled = ids.Where(id => known.GetValueOrDefault(id) is not { ClosedAt: not null });
        var reading = await reader.ReadChangedAsync(unsettled, known.Values.ToDictionary(entry => entry.RunId, entry => entry.LastEvent), cancellationToken);
        var changed = await Concurrently.SelectAsync(
            reading.Changed,
            async (run, token) => HistoryEntry.From(look is not null && run.Record.IsOpen ? await look(run.Record, token) : run.Record, run.StartedBy.Machine),
            cancellationToken);
        await CompleteAsync(changed, known.Keys.Except(ids).ToHashSet(), cancellationToken);
        foreach (var entry in changed)
        {
            known[entry.RunId] = entry;
        }

        foreach (var run in reading.Unreadable)
        {
            known.Remove(run.RunId);
        }

        return new([.. ids.Select(id => known.GetValueOrDefault(id)).OfType<HistoryEntry>()], reading.Unreadable);
    }

    /// <summary>Adds a run that was closed to the index of its month, where it is not there yet as it is now.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="unposted">True if GitHub is still to be told of its end.</param>
    /// <exception cref="PipelineException">The bucket cannot be reached or written; the next reading adds the run.</exception>
    public async Task AddAsync(string runId, bool unposted, CancellationToken cancellationToken)
    {
        var month = HistoryEntry.MonthOf(runId);
        if ((await indexes.ReadAsync(month, cancellationToken)).Any(entry => entry.RunId == runId && entry.ClosedAt is not null && entry.Unposted == unposted))
        {
            return;
        }

        if (await reader.ReadAsync(runId, cancellationToken) is { } logged)
        {
            var entry = HistoryEntry.From(logged.Record, logged.StartedBy.Machine) with { Unposted = unposted };
            await indexes.TryChangeAsync(month, index => index.With([entry], new HashSet<string>()), cancellationToken);
        }
    }

    // Who may only read sees the same, but the next call reads those runs again.
    private async Task CompleteAsync(IEnumerable<HistoryEntry> read, IReadOnlySet<string> gone, CancellationToken cancellationToken)
    {
        var changed = read.Where(entry => !entry.IsOpen).ToLookup(entry => entry.Month());
        foreach (var month in changed.Select(group => group.Key).Union(gone.Select(HistoryEntry.MonthOf)))
        {
            try
            {
                await indexes.TryChangeAsync(month, index => index.With(changed[month], gone), cancellationToken);
            }
            catch (PipelineException)
            {
                return;
            }
        }
    }
}
