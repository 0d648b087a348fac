using BuildPipeline.Worker.Checkpoints;

namespace BuildPipeline.Sandbox.Tests.Worker;

[Trait("Tier", "all")]
public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly WorkerJob _job = new();

    public void Dispose() => _job.Dispose();

    [Theory]
    [InlineData("torn", "ignoring step-00000060: it has no manifest.json")]
    [InlineData("flipped", "ignoring step-00000060: rank-1.bin is corrupt")]
    [InlineData("short", "ignoring step-00000060: rank-0.bin has ")]
    [InlineData("missing", "ignoring step-00000060: rank-1.bin is missing")]
    [InlineData("garbled", "ignoring step-00000060: ")]
    [InlineData("uploading", "ignoring step-00000060: it has no manifest.json")]
    public async Task GivenADamagedNewestCheckpoint_WhenResumed_ThenThePreviousOneIsTakenAndTheLogSaysSo(string damage, string line)
    {
        var first = await _job.RunAsync();
        Damage(_job.Newest(), damage);

        var second = await _job.RunAsync();

        Assert.All(second.ExitCodes, code => Assert.Equal(0, code));
        Assert.All(second.Outputs, output => Assert.Contains(line, output, StringComparison.Ordinal));
        Assert.Contains("resumed step=50 attempt=2\n", second.Outputs[0], StringComparison.Ordinal);
        Assert.Equal(first.Metric("train:loss"), second.Metric("train:loss"));
    }

    [Fact]
    public async Task GivenNoCompleteCheckpoint_WhenStarted_ThenANewLineageBegins()
    {
        await _job.RunAsync();
        foreach (var folder in Directory.GetDirectories(_job.Bucket))
        {
            Damage(folder, "torn");
        }

        var second = await _job.RunAsync();

        Assert.DoesNotContain("resumed", second.Outputs[0], StringComparison.Ordinal);
        var lineage = Assert.Single(CheckpointManifest.FromJson(File.ReadAllBytes(Path.Combine(_job.Newest(), CheckpointManifest.FileName))).Lineage);
        Assert.Equal((1, 0, null), (lineage.Attempt, lineage.FromStep, lineage.FromManifestSha256));
    }

    [Theory]
    [InlineData("hidden_size", "9", "Checkpoint step 60 belongs to another model: hidden_size=8 there, hidden_size=9 here.")]
    [InlineData("total_steps", "90", "Checkpoint step 60 belongs to a run of total_steps 60, but total_steps is 90 now")]
    public async Task GivenACheckpointOfAnotherRun_WhenStarted_ThenItFailsAndSaysWhatDiffers(string name, string value, string sentence)
    {
        await _job.RunAsync();
        _job.Hyperparameters[name] = value;

        var second = await _job.RunAsync();

        Assert.All(second.ExitCodes, code => Assert.Equal(1, code));
        Assert.StartsWith(sentence, second.Failure(0), StringComparison.Ordinal);
        Assert.StartsWith(sentence, second.Failure(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenParametersThatAreNoNumbers_WhenTrained_ThenItStopsAtTheStep()
    {
        await _job.RunAsync();
        await PoisonAsync(50);
        Directory.Delete(_job.Newest(), recursive: true);

        var second = await _job.RunAsync();

        Assert.All(second.ExitCodes, code => Assert.Equal(1, code));
        Assert.StartsWith("The loss became NaN at step 51 (examples 1200 to 1223; ", second.Failure(0), StringComparison.Ordinal);
        Assert.Contains("the newest checkpoint is of step 50: lower learning_rate", second.Failure(0), StringComparison.Ordinal);
    }

    private static void Damage(string folder, string damage)
    {
        var manifest = Path.Combine(folder, CheckpointManifest.FileName);
        var shard = Path.Combine(folder, "rank-1.bin");
        switch (damage)
        {
            case "torn":
                File.Delete(manifest);
                break;
            case "flipped":
                var bytes = File.ReadAllBytes(shard);
                bytes[^1] ^= 1;
                File.WriteAllBytes(shard, bytes);
                break;
            case "short":
                using (var stream = File.OpenWrite(Path.Combine(folder, "rank-0.bin")))
                {
                    stream.SetLength(stream.Length / 2);
                }
                break;
            case "missing":
                File.Delete(shard);
                break;
            case "garbled":
                File.WriteAllText(manifest, "{\"format\":");
                break;
            default:
                File.Move(manifest, manifest + ".sagemaker-uploading");
                break;
        }
    }

    // A complete checkpoint whose parameters are not numbers.
    private async Task PoisonAsync(int step)
    {
        var store = new CheckpointStore(_job.Bucket, Path.Combine(_job.Bucket, "..", "poison"));
        var checkpoint = (await store.ReadCompleteAsync(_ => { }, CancellationToken.None)).Single(c => c.Manifest.Step == step);
        var files = new List<CheckpointFile>();
        foreach (var file in checkpoint.Manifest.Files)
        {
            var content = File.ReadAllBytes(Path.Combine(checkpoint.Folder, file.Path));
            content.AsSpan(24).Fill(0xFF);
            files.Add(await store.WriteShardAsync(step, file.Rank, content, CancellationToken.None));
        }
        await store.PublishAsync(checkpoint.Manifest with { Files = files }, CancellationToken.None);
    }
}
