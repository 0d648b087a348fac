using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;

namespace BuildPipeline.Training;

/// <summary>Keeps count of the complete checkpoints of a job that is followed, at a slower pace than its status, and copies their manifests.</summary>
internal sealed class CheckpointMonitor(CheckpointReader reader, KeptManifests kept, ITrainingRun run, TimeSpan pause, TimeProvider time)
{
    /// <summary>Between two searches of the old versions; the bucket keeps them for a day at least.</summary>
    private static readonly TimeSpan SweepPause = TimeSpan.FromHours(6);

    private readonly HashSet<int> _steps = [];
    private readonly HashSet<string> _copied = [];
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private DateTimeOffset _nextSweep = DateTimeOffset.MinValue;
    private IReadOnlyList<StoredCheckpoint> _stored = [];

    /// <summary>Step of the newest complete checkpoint.</summary>
    public int? NewestStep { get; private set; }

    /// <summary>When the checkpoints were read last; null if they were not. What could not be read since says nothing of the job.</summary>
    public DateTimeOffset? ReadAt { get; private set; }

    /// <summary>What was seen of the complete checkpoints.</summary>
    public SavedSteps Saved { get; } = new();

    /// <summary>The manifests of the complete checkpoints that the bucket held at the last look.</summary>
    public IReadOnlyList<ReadManifest> Manifests => [.. _stored.Where(checkpoint => checkpoint.State == CheckpointState.Complete).Select(checkpoint => new ReadManifest(checkpoint.Manifest!, checkpoint.Seen!.Sha256))];

    /// <summary>Complete checkpoints in the bucket at the last look; null before the first.</summary>
    public int? Kept { get; private set; }

    /// <summary>Complete checkpoints seen.</summary>
    public int Count => _steps.Count;

    /// <summary>Reads the checkpoints, when it is time to.</summary>
    public async Task LookAsync(bool atOnce, CancellationToken cancellationToken)
    {
        if (!atOnce && time.GetUtcNow() < _next)
        {
            return;
        }

        _next = time.GetUtcNow() + pause;
        _stored = await reader.ReadAsync(ArtifactPaths.Checkpoints(run.Job!, run.ArtifactFolder), cancellationToken);
        Kept = _stored.Count(checkpoint => checkpoint.State == CheckpointState.Complete);
        foreach (var checkpoint in _stored.Where(checkpoint => checkpoint.State == CheckpointState.Complete))
        {
            _steps.Add(checkpoint.Step);
            NewestStep = checkpoint.Step;
        }

        Saved.Add(_stored);
        ReadAt = time.GetUtcNow();
    }

    /// <summary>Copies the manifests of the last look; from time to time, and where it is asked to, also those that rotation has removed.</summary>
    public async Task KeepAsync(bool sweep, CancellationToken cancellationToken)
    {
        foreach (var seen in _stored.Select(checkpoint => checkpoint.Seen).OfType<SeenManifest>().Where(seen => !_copied.Contains(seen.Sha256)))
        {
            await kept.KeepAsync(run, seen, cancellationToken);
            _copied.Add(seen.Sha256);
        }

        if (sweep || time.GetUtcNow() >= _nextSweep)
        {
            _nextSweep = time.GetUtcNow() + SweepPause;
            await kept.SweepAsync(run, cancellationToken);
        }
    }
}
