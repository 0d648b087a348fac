using System.Globalization;
using System.Text;
using System.Text.Json;
using BuildPipeline.Worker.Peers;
using BuildPipeline.Worker.Settings;

namespace BuildPipeline.Worker.Checkpoints;

/// <summary>Saves and resumes a run, in agreement with the other nodes.</summary>
internal sealed class Checkpointer(
    NodeEnvironment node, Hyperparameters settings, string fingerprint, long examples, PeerGroup peers, TimeProvider time, TextWriter output)
{
    public const string TrainLossMetric = "train:loss";

    private readonly CheckpointStore _store = new(node.Checkpoints, node.Staging);
    private readonly List<int> _completeSteps = [];
    private readonly List<LineageEntry> _lineage = [];

    /// <summary>Every start of this run, this one included.</summary>
    public IReadOnlyList<LineageEntry> Lineage => _lineage;

    /// <summary>The step of the newest checkpoint, null while there is none.</summary>
    public int? NewestStep => _completeSteps.Count > 0 ? _completeSteps[^1] : null;

    /// <summary>Between two checkpoints; zero is by steps alone.</summary>
    public TimeSpan Interval { get; private set; } = settings.CheckpointInterval;

    /// <summary>Brings back the newest checkpoint that is complete on every node, if there is one.</summary>
    /// <exception cref="TrainingFailureException">It is of another model or of a run of another length.</exception>
    public async Task ResumeAsync(TrainingState state, CancellationToken cancellationToken)
    {
        _store.ClearStaging();
        var complete = await _store.ReadCompleteAsync(output.WriteLine, cancellationToken);
        var common = await AgreeAsync(complete, cancellationToken);
        _completeSteps.AddRange(common.Select(checkpoint => checkpoint.Manifest.Step).Order());
        var startedAt = time.GetUtcNow().UtcDateTime;
        if (common.Count == 0)
        {
            _lineage.Add(new LineageEntry(1, 0, null, startedAt));
            return;
        }
        var newest = common[0];
        RequireSameRun(newest.Manifest);
        await LoadAsync(newest, state, cancellationToken);
        _lineage.AddRange(newest.Manifest.Lineage);
        var ran = Math.Max(0, (newest.Manifest.WrittenAt - _lineage[^1].StartedAt).TotalSeconds);
        _lineage.Add(new LineageEntry(_lineage.Count + 1, state.Step, newest.ManifestSha256, startedAt, ran));
        if (node.Rank == 0)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resumed step={state.Step} attempt={_lineage.Count}"));
            CorrectInterval(newest.Manifest.StallSeconds);
        }
    }

    /// <summary>Saves a checkpoint and removes the oldest; returns when it is complete on every node.</summary>
    public async Task SaveAsync(TrainingState state, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var content = ShardFile.Write(state.Step, state.Model.Parameters, state.Optimizer);
        var file = await _store.WriteShardAsync(state.Step, node.Rank, content, cancellationToken);
        var message = JsonSerializer.SerializeToUtf8Bytes(file, WorkerJson.Default.CheckpointFile);
        var files = (await peers.GatherAsync(message, cancellationToken))
            .Select(json => JsonSerializer.Deserialize(json, WorkerJson.Default.CheckpointFile)!).ToList();
        _completeSteps.Add(state.Step);
        var oldestKept = _completeSteps[Math.Max(0, _completeSteps.Count - settings.KeepCheckpoints)];
        if (node.Rank == 0)
        {
            await _store.PublishAsync(Describe(state, files, time.GetElapsedTime(began)), cancellationToken);
            _store.RemoveBefore(oldestKept);
        }
        // A barrier: nobody removes an old checkpoint before the new one exists.
        await peers.GatherAsync([], cancellationToken);
        if (node.Rank != 0)
        {
            // Each node removes what it holds itself: what stays on its disk would stay in S3.
            _store.RemoveBefore(oldestKept);
            return;
        }
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"checkpoint step={state.Step} files={files.Count} bytes={files.Sum(f => f.Size)} seconds={time.GetElapsedTime(began).TotalSeconds:0.####}"));
    }

    // Rank 0 alone decides when it is time to save.
    private void CorrectInterval(double stallSeconds)
    {
        if (settings.CorrectsInterval)
        {
            var corrected = AutoInterval.Calculate(stallSeconds, settings.ExpectedTimeBetweenInterruptions, _lineage);
            Interval = corrected.Interval;
            output.WriteLine(corrected);
        }
    }

    private CheckpointManifest Describe(TrainingState state, IReadOnlyList<CheckpointFile> files, TimeSpan stall)
    {
        var used = (long)state.Step * settings.BatchSize;
        return new CheckpointManifest(
            CheckpointManifest.CurrentFormat, node.JobName, fingerprint, state.Step, settings.TotalSteps, node.WorldSize,
            time.GetUtcNow().UtcDateTime, stall.TotalSeconds, files, new DataPosition(used / examples, used % examples),
            new RandomState("counter", settings.Seed), new Dictionary<string, double> { [TrainLossMetric] = state.TrainLoss }, _lineage,
            Interval > TimeSpan.Zero ? Interval.TotalSeconds : null);
    }

    // Every node was given its own copy, and a copy may be cut short: only what all of them hold can be resumed from.
    private async Task<IReadOnlyList<StoredCheckpoint>> AgreeAsync(IReadOnlyList<StoredCheckpoint> complete, CancellationToken cancellationToken)
    {
        var message = string.Join('\n', complete.Select(checkpoint => checkpoint.ManifestSha256).Prepend(fingerprint));
        var messages = await peers.GatherAsync(Encoding.UTF8.GetBytes(message), cancellationToken);
        var common = complete.ToList();
        for (var rank = 0; rank < messages.Length; rank++)
        {
            var lines = Encoding.UTF8.GetString(messages[rank]).Split('\n');
            if (lines[0] != fingerprint)
            {
                throw new TrainingFailureException(
                    $"{node.Describe(rank)} and {node.Describe(node.Rank)} would not train the same model ({Fingerprint.DescribeDifference(lines[0], fingerprint)}): "
                    + "every node needs the whole of channel 'train' (FullyReplicated) and the same hyperparameters.");
            }
            foreach (var absent in common.Where(checkpoint => !lines.Contains(checkpoint.ManifestSha256)).ToList())
            {
                output.WriteLine($"ignoring {Path.GetFileName(absent.Folder)}: it is not complete on {node.Describe(rank)}");
                common.Remove(absent);
            }
        }
        return common;
    }

    private void RequireSameRun(CheckpointManifest manifest)
    {
        if (manifest.Model != fingerprint)
        {
            throw new TrainingFailureException(
                $"Checkpoint step {manifest.Step} belongs to another model: {Fingerprint.DescribeDifference(manifest.Model, fingerprint)}. "
                + "Use a separate checkpoint location for this run, or the settings of that run.");
        }
        if (manifest.TotalSteps != settings.TotalSteps)
        {
            throw new TrainingFailureException(
                $"Checkpoint step {manifest.Step} belongs to a run of total_steps {manifest.TotalSteps}, but total_steps is {settings.TotalSteps} now, "
                + "which would change the learning rates: use a separate checkpoint location for this run, or the same total_steps.");
        }
    }

    private static async Task LoadAsync(StoredCheckpoint checkpoint, TrainingState state, CancellationToken cancellationToken)
    {
        var expected = 0;
        try
        {
            foreach (var file in checkpoint.Manifest.Files)
            {
                var content = await File.ReadAllBytesAsync(Path.Combine(checkpoint.Folder, file.Path), cancellationToken);
                var shard = ShardFile.Read(content, checkpoint.Manifest.Step, state.Model.Parameters, state.Optimizer);
                if (shard.Start != expected)
                {
                    throw new InvalidDataException($"it begins at parameter {shard.Start} where {expected} was due");
                }
                expected += shard.Length;
            }
            if (expected != state.Model.Parameters.Length)
            {
                throw new InvalidDataException($"its files hold {expected} of {state.Model.Parameters.Length} parameters");
            }
            state.TrainLoss = checkpoint.Manifest.Metrics[TrainLossMetric];
        }
        catch (Exception e) when (e is InvalidDataException or KeyNotFoundException)
        {
            throw new TrainingFailureException($"Checkpoint step {checkpoint.Manifest.Step} was not written by this worker: {e.Message}.", e);
        }
        state.Step = checkpoint.Manifest.Step;
    }
}
