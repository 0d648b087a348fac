using BuildPipeline.Checkpoints;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Evidence;

/// <summary>Judges what a run has left in its checkpoint folders.</summary>
/// <remarks>
/// An interruption cuts uploads off: a manifest without its files, files without a manifest, files of two saves. The program
/// ignores such a folder when it resumes, and so does the verdict where a later start of the run has passed it by. What no
/// interruption explains is a failure, and so is the newest checkpoint or one that a resume used when it is corrupt.
/// </remarks>
public static class CheckpointVerdict
{
    private const string Check = "checkpoints";

    /// <summary>The finding.</summary>
    /// <param name="stored">The checkpoint folders, by step.</param>
    /// <param name="lineage">The lineage that the training ended with.</param>
    /// <param name="run">The run that they belong to.</param>
    public static Finding Judge(IReadOnlyList<StoredCheckpoint> stored, IReadOnlyList<LineageEntry> lineage, ITrainingRun run)
    {
        var bad = stored.Where(checkpoint => checkpoint.State != CheckpointState.Complete).ToList();
        var failed = bad.Where(checkpoint => !IsLeftover(checkpoint, stored, lineage)).ToList();
        if (failed.Count > 0)
        {
            return new(Check, false, string.Join(' ', failed.Select(checkpoint => $"The checkpoint {checkpoint.Uri} cannot be used: {checkpoint.Problem}.")));
        }

        var names = run.Attempts.Select(attempt => attempt.JobName).ToHashSet();
        if (stored.FirstOrDefault(checkpoint => checkpoint.Manifest is { } manifest && !names.Contains(manifest.Job)) is { } foreign)
        {
            return new(Check, false, $"The checkpoint {foreign.Uri} was written by the job {foreign.Manifest!.Job}, which does not belong to this run.");
        }

        var complete = stored.Where(checkpoint => checkpoint.State == CheckpointState.Complete).ToList();
        if (complete.Count > 0)
        {
            var sentence = FormattableString.Invariant(
                $"{complete.Count} complete, the newest at step {complete[^1].Step}; the size and SHA-256 of every file match.");
            return new(Check, true, sentence + Ignored(bad) + Unlisted(complete));
        }

        return run.Attempts.Any(attempt => attempt.Market == Market.Spot)
            ? new(Check, false, $"There is no complete checkpoint, so an interruption would have lost all progress; save more often.{Ignored(bad)}")
            : new(Check, true, $"There are none, and an on-demand job does not need them.{Ignored(bad)}");
    }

    private static bool IsLeftover(StoredCheckpoint checkpoint, IReadOnlyList<StoredCheckpoint> stored, IReadOnlyList<LineageEntry> lineage)
    {
        if (checkpoint.Seen is not { } seen)
        {
            // Nothing ever resumes from a folder without a manifest.
            return true;
        }

        var isNewest = checkpoint == stored.Last(other => other.Seen is not null);
        var wasUsed = lineage.Any(entry => entry.FromManifestSha256?.Equals(seen.Sha256, StringComparison.OrdinalIgnoreCase) == true);
        var wasPassedBy = checkpoint.Manifest?.Lineage.Count < lineage.Count
            || (lineage.Count > 1 && seen.Version.LastModified is var written && written > default(DateTimeOffset) && written < lineage[^1].StartedAt);
        return wasPassedBy && !wasUsed && !(isNewest && checkpoint.State == CheckpointState.Corrupt);
    }

    private static string Ignored(List<StoredCheckpoint> leftovers) => leftovers.Count == 0 ? ""
        : $" Left by an interruption and ignored: {string.Join(", ", leftovers.Select(checkpoint => $"step {checkpoint.Step} ({checkpoint.Problem})"))}.";

    private static string Unlisted(List<StoredCheckpoint> complete) => complete.Where(checkpoint => checkpoint.UnlistedFiles > 0).ToList() is { Count: > 0 } extra
        ? $" Files not listed in a manifest: {string.Join(", ", extra.Select(checkpoint => $"{checkpoint.UnlistedFiles} at step {checkpoint.Step}"))}."
        : "";
}
