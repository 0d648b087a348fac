using BuildPipeline.Checkpoints;

namespace BuildPipeline.Goodput;

/// <summary>What the starts of a run's program left behind, by the manifests of its checkpoints: the starts that led to the result, and how much of each was kept.</summary>
public sealed class SavedWork
{
    private readonly IReadOnlyList<DateTimeOffset> _starts;
    private readonly IReadOnlyList<(DateTimeOffset From, DateTimeOffset? To)> _kept;

    private SavedWork(IReadOnlyList<DateTimeOffset> starts, IReadOnlyList<(DateTimeOffset From, DateTimeOffset? To)> kept, IReadOnlyList<Period> stalls) =>
        (_starts, _kept, Stalls) = (starts, kept, stalls);

    /// <summary>Pauses for checkpoints.</summary>
    internal IReadOnlyList<Period> Stalls { get; }

    /// <summary>Reads the manifests of a run's complete checkpoints, in any order.</summary>
    /// <param name="manifests">The manifests, those that were rotated away included.</param>
    /// <param name="lineage">The lineage that the training ended with; empty takes that of the newest checkpoint.</param>
    public static SavedWork From(IReadOnlyCollection<ReadManifest> manifests, IReadOnlyList<LineageEntry> lineage)
    {
        var newest = manifests.MaxBy(saved => (saved.Manifest.WrittenAt, saved.Manifest.Step, saved.Sha256))?.Manifest;
        var chain = lineage.Count > 0 ? lineage : newest?.Lineage ?? [];
        return new(
            [.. manifests.SelectMany(saved => saved.Manifest.Lineage).Concat(chain).Select(entry => entry.StartedAt).Distinct()],
            [.. chain.Select((entry, index) => (entry.StartedAt, index < chain.Count - 1 ? SavedAt(entry, chain[index + 1], manifests) : LastSaved(chain, manifests)))],
            [.. manifests.Select(saved => saved.Manifest).Select(manifest => new Period(manifest.WrittenAt - TimeSpan.FromSeconds(Math.Max(0, manifest.StallSeconds ?? 0)), manifest.WrittenAt))]);
    }

    /// <summary>When the program first looked for its checkpoint in a session; null if nothing tells.</summary>
    internal DateTimeOffset? StartIn(Period session) => _starts.Where(start => IsIn(start, session)).Cast<DateTimeOffset?>().Min();

    /// <summary>True if it is known how much of each start in a session was kept.</summary>
    internal bool KnowsAll(Period session) => _kept.All(kept => kept.To is not null || !IsIn(kept.From, session));

    /// <summary>The parts of a session whose work was kept; where the job completed, up to the end.</summary>
    internal IEnumerable<Period> KeptIn(NodeSession session) =>
        from kept in _kept.Select((kept, index) => (kept.From, kept.To, IsLast: index == _kept.Count - 1))
        where IsIn(kept.From, session.Whole)
        let end = kept.IsLast && session.Completes ? session.Whole.To : kept.To
        where end is not null
        select new Period(kept.From, end.Value).Within(session.Whole);

    private static bool IsIn(DateTimeOffset moment, Period session) => moment >= session.From && moment < session.To;

    private static DateTimeOffset? SavedAt(LineageEntry entry, LineageEntry next, IEnumerable<ReadManifest> manifests) =>
        next.FromRanSeconds is { } ran ? entry.StartedAt + TimeSpan.FromSeconds(ran)
        : manifests.FirstOrDefault(saved => saved.Sha256.Equals(next.FromManifestSha256, StringComparison.OrdinalIgnoreCase))?.Manifest.WrittenAt;

    // A start that saved nothing has kept nothing.
    private static DateTimeOffset LastSaved(IReadOnlyList<LineageEntry> chain, IEnumerable<ReadManifest> manifests) =>
        manifests.Select(saved => saved.Manifest).Where(manifest => manifest.Lineage[^1].StartedAt == chain[^1].StartedAt)
            .Select(manifest => manifest.WrittenAt).Append(chain[^1].StartedAt).Max();
}
