namespace BuildPipeline.History;

/// <summary>The runs of one month: <c>runs/ENVIRONMENT/history/2026-11.json</c> in the state bucket. It is a cache: all of it is made from the logs of the runs.</summary>
public sealed record HistoryIndex
{
    /// <summary>Version of the schema that this program writes. An index of another version is not used; one of an older version is replaced.</summary>
    public const int CurrentSchema = 2;

    /// <summary>Version of the schema of this document.</summary>
    public int SchemaVersion { get; init; } = CurrentSchema;

    /// <summary>The month in which the runs started, UTC.</summary>
    public required string Month { get; init; }

    /// <summary>The runs that are not open, oldest first.</summary>
    public IReadOnlyList<HistoryEntry> Runs { get; init; } = [];

    /// <summary>This index with entries that were read from the logs, and without those whose run no longer exists. Of two entries of a run, the one with more events stays.</summary>
    /// <param name="read">Entries of runs of this month.</param>
    /// <param name="gone">IDs of runs that no longer exist.</param>
    public HistoryIndex With(IEnumerable<HistoryEntry> read, IReadOnlySet<string> gone) => this with
    {
        Runs =
        [
            .. Runs.Where(entry => !gone.Contains(entry.RunId)).Concat(read)
                .GroupBy(entry => entry.RunId).Select(entries => entries.MaxBy(entry => entry.LastEvent)!)
                .OrderBy(entry => entry.RunId, StringComparer.Ordinal),
        ],
    };
}
