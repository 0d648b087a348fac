using BuildPipeline.Runs;

namespace BuildPipeline.History;

/// <summary>Finds the run that came before one, of the same job.</summary>
public sealed class PreviousRun(RunReader reader, HistoryIndexStore indexes)
{
    /// <summary>Each run that no index has is a request or more.</summary>
    private const int MostUnknown = 20;

    /// <summary>The newest earlier run of the same job that submitted one; null if there is none, or it is not among the newest.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached, or the run cannot be read.</exception>
    public async Task<RunRecord?> FindAsync(RunRecord run, CancellationToken cancellationToken)
    {
        var known = (await indexes.ReadAsync(null, cancellationToken)).ToDictionary(entry => entry.RunId);
        var unknown = 0;
        foreach (var id in (await reader.IdsAsync("", cancellationToken)).Where(id => string.CompareOrdinal(id, run.RunId) < 0).Reverse())
        {
            var entry = known.GetValueOrDefault(id);
            if (entry is null && ++unknown > MostUnknown)
            {
                return null;
            }

            if ((entry is null || IsSameJob(run, entry)) && await reader.ReadAsync(id, cancellationToken) is { Record: var found } && IsSameJob(run, HistoryEntry.From(found, null)))
            {
                return found;
            }
        }

        return null;
    }

    private static bool IsSameJob(RunRecord run, HistoryEntry entry) => entry.Attempts > 0 && entry.JobFile == run.JobFile && entry.Job == run.Job?.Name;
}
