using BuildPipeline.Checkpoints;
using BuildPipeline.Training;

namespace BuildPipeline.Evidence;

/// <summary>Proves, for every interruption, from which checkpoint the training resumed.</summary>
/// <remarks>
/// The service tells when it interrupted; the lineage tells from which manifest, by SHA-256, the program started again. A resume
/// is proven where the bucket holds, or once held, a manifest with just that digest and step, and with the lineage up to there.
/// </remarks>
public sealed class ResumeProof
{
    private readonly IReadOnlyList<LineageEntry> _lineage;
    private readonly Dictionary<string, CheckpointManifest> _manifests;
    private readonly IReadOnlyList<ManifestVersion> _history;

    /// <summary>A proof from the evidence.</summary>
    /// <param name="lineage">The lineage that the training ended with.</param>
    /// <param name="manifests">The manifests that the lineage names, as read from the bucket.</param>
    /// <param name="history">All manifests that came into the bucket, oldest first.</param>
    public ResumeProof(IReadOnlyList<LineageEntry> lineage, IEnumerable<ReadManifest> manifests, IReadOnlyList<ManifestVersion> history)
    {
        _lineage = lineage;
        _manifests = manifests.DistinctBy(manifest => manifest.Sha256)
            .ToDictionary(manifest => manifest.Sha256, manifest => manifest.Manifest, StringComparer.OrdinalIgnoreCase);
        _history = history;
    }

    /// <summary>The interruptions with the step that each was resumed from, and the finding.</summary>
    /// <param name="transitions">Status transitions of all jobs of the run, oldest first.</param>
    /// <param name="completed">Whether the training was done in the end, so the last interruption must have been resumed.</param>
    public (IReadOnlyList<Interruption> Interruptions, Finding Finding) Judge(IReadOnlyList<StatusTransition> transitions, bool completed)
    {
        var interruptions = new List<Interruption>();
        var doubts = new List<string>();
        var seen = JobInterruption.From(transitions);
        for (var index = 0; index < seen.Count; index++)
        {
            var isLast = index == seen.Count - 1;
            var ((at, cause), until) = (seen[index], isLast ? DateTimeOffset.MaxValue : seen[index + 1].At);

            // A job that is not on spot may save nothing, and is retried all the same.
            var mustResume = isLast && completed && (cause == InterruptionCause.Spot || _history.Count > 0);
            var again = transitions.FirstOrDefault(transition => transition.Status == "Training" && transition.StartedAt >= at && transition.StartedAt < until);
            var entry = _lineage.LastOrDefault(entry => entry.StartedAt > at && entry.StartedAt < until);
            var doubt = entry is not null ? DoubtOf(entry, at)
                : mustResume ? "the lineage does not say where training resumed from" : null;
            interruptions.Add(new(at, again?.StartedAt, doubt is null ? entry?.FromStep : null, cause));
            if (doubt is not null)
            {
                doubts.Add($"Interruption {index + 1} at {at:HH:mm:ss} UTC: {doubt}.");
            }
        }

        return (interruptions, new("resume", doubts.Count == 0, doubts.Count == 0 ? Summary(interruptions) : string.Join(' ', doubts)));
    }

    private string? DoubtOf(LineageEntry entry, DateTimeOffset interruptedAt)
    {
        if (entry.FromManifestSha256 is not { } digest)
        {
            // The newest manifest may have come without its files; with two of them, at least one checkpoint was complete.
            var saved = _history.Where(version => version.LastModified < interruptedAt).Select(version => version.Step).Distinct().Count();
            return saved < 2 ? null : "training restarted from zero although there were checkpoints";
        }

        if (!_manifests.TryGetValue(digest, out var manifest) || manifest.Step != entry.FromStep)
        {
            return $"the bucket has no manifest of step {entry.FromStep} with the SHA-256 in the lineage";
        }

        return manifest.Lineage.SequenceEqual(_lineage.Take(entry.Attempt - 1))
            ? null
            : $"the manifest of step {entry.FromStep} has a different lineage than the training that resumed from it";
    }

    private static string Summary(List<Interruption> interruptions)
    {
        if (interruptions.Count == 0)
        {
            return "There were no interruptions.";
        }

        var sentences = interruptions.GroupBy(interruption => interruption.ResumedFromStep switch
        {
            null => "not resumed before the next interruption or the end",
            0 => "restarted from zero, before the first checkpoint",
            var step => FormattableString.Invariant($"resumed from step {step}, proven by its manifest"),
        }).Select(group => group.Count() == 1 ? group.Key : $"{group.Count()} x {group.Key}");
        return $"{Counted.Format(interruptions.Count, "interruption")}: {string.Join("; ", sentences)}.";
    }
}
