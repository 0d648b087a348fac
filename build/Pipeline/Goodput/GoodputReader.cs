using BuildPipeline.Aws;
using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;
using BuildPipeline.Training;

namespace BuildPipeline.Goodput;

/// <summary>Reads what the goodput of a run follows from.</summary>
public sealed class GoodputReader(CheckpointReader checkpoints, KeptManifests kept, TimeProvider time)
{
    /// <summary>The S3 client has no timeout, and goodput must not hold up the end of a run.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The goodput of a run whose jobs have ended. What S3 does not tell in time is not productive, and no failure.</summary>
    /// <param name="run">The run.</param>
    /// <param name="lineage">The lineage that its training ended with; empty if that is not known.</param>
    /// <returns>The goodput; null if a job has no bill.</returns>
    public async Task<GoodputRecord?> ReadAsync(ITrainingRun run, IReadOnlyList<LineageEntry> lineage, CancellationToken cancellationToken) =>
        GoodputRecord.Calculate(run.Attempts, run.Attempts.Any(attempt => attempt.BillableSeconds > 0) ? await TryReadAsync(run, lineage, cancellationToken) : null);

    private async Task<SavedWork?> TryReadAsync(ITrainingRun run, IReadOnlyList<LineageEntry> lineage, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return SavedWork.From(await ManifestsAsync(run, either.Token), lineage);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            return null;
        }
    }

    // Nothing resumes from a checkpoint that was cut off; of those that were rotated away, each was complete once.
    private async Task<IReadOnlyCollection<ReadManifest>> ManifestsAsync(ITrainingRun run, CancellationToken cancellationToken)
    {
        var stored = await checkpoints.ReadAsync(ArtifactPaths.Checkpoints(run.Job!, run.ArtifactFolder), cancellationToken);
        var cutOff = stored.Where(checkpoint => checkpoint.State != CheckpointState.Complete).Select(checkpoint => checkpoint.Seen?.Sha256).ToHashSet();
        var copies = (await kept.ListAsync(run, cancellationToken)).DistinctBy(copy => copy.Sha256).Where(copy => !cutOff.Contains(copy.Sha256)).ToList();
        var read = await Concurrently.SelectAsync(copies, (copy, token) => kept.ReadAsync(run, copy, token), cancellationToken);
        var current = stored.Where(checkpoint => checkpoint.State == CheckpointState.Complete).Select(checkpoint => ReadManifest.From(checkpoint.Seen!));
        return [.. read.Concat(current).OfType<ReadManifest>().DistinctBy(manifest => manifest.Sha256)];
    }
}
