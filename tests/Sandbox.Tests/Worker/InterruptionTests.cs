using BuildPipeline.Worker.Checkpoints;

namespace BuildPipeline.Sandbox.Tests.Worker;

public sealed class InterruptionTests : IDisposable
{
    private const double Tolerance = 1e-9;

    private static readonly Lazy<Task<(double Train, double Validation)>> Undisturbed = new(RunUndisturbedAsync);

    private readonly WorkerJob _job = new();

    public void Dispose() => _job.Dispose();

    [Fact]
    public async Task GivenNoInterruption_WhenTrained_ThenTheLossFallsAndAllEvidenceIsThere()
    {
        var attempt = await _job.RunAsync();

        Assert.All(attempt.ExitCodes, code => Assert.Equal(0, code));
        var losses = LossCurve(attempt);
        Assert.True(losses[60] < losses[1] - 0.5, $"The loss went from {losses[1]} to {losses[60]}.");
        Assert.StartsWith("final step=60 train:loss=", attempt.LastLine, StringComparison.Ordinal);
        Assert.Equal(losses[60], attempt.Metric("train:loss"), 1e-5);
        Assert.Equal(
            ["step-00000040", "step-00000050", "step-00000060"], Directory.GetDirectories(_job.Bucket).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["metrics.json", "model.bin", "vocabulary.json"], Directory.GetFiles(Path.Combine(attempt.Node(0), "model")).Select(Path.GetFileName).Order());
        Assert.False(Directory.Exists(Path.Combine(attempt.Node(1), "model")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task GivenInterruptions_WhenResumed_ThenTheFinalLossIsTheUninterruptedRunsAndTheLineageProvesEach(int interruptions)
    {
        var undisturbed = await Undisturbed.Value;

        // Slow enough to be met in the middle; the delay has no part in the result.
        _job.Hyperparameters["step_delay_ms"] = "50";
        for (var i = 1; i <= interruptions; i++)
        {
            var interrupted = _job.Start();
            var before = Manifests(interrupted).ToHashSet();
            await interrupted.UntilAsync(() => Manifests(interrupted).Except(before).Any());
            await interrupted.InterruptAsync();
            _job.Synchronise(interrupted);
        }
        _job.Hyperparameters["step_delay_ms"] = "0";
        var last = await _job.RunAsync();

        Assert.Equal(undisturbed.Train, last.Metric("train:loss"), Tolerance);
        Assert.Equal(undisturbed.Validation, last.Metric("validation:loss"), Tolerance);
        Assert.Contains($" attempt={interruptions + 1}\n", last.Outputs[0], StringComparison.Ordinal);
        AssertLineage(interruptions + 1);
    }

    [Trait("Tier", "all")]
    [Theory]
    [InlineData(11)]
    [InlineData(23)]
    public async Task GivenSavesAtEveryStep_WhenKilledAtRandomMoments_ThenEveryRestartResumesAndTheFinalLossIsTheSame(int seed)
    {
        const int TotalSteps = 300;
        _job.Hyperparameters["total_steps"] = $"{TotalSteps}";
        _job.Hyperparameters["checkpoint_interval_steps"] = "1";
        using var undisturbed = new WorkerJob();
        undisturbed.Hyperparameters["total_steps"] = $"{TotalSteps}";
        var expected = await undisturbed.RunAsync();
        var random = new Random(seed);
        var steps = new List<int> { 0 };

        // On a slow day the last kill may come after the end, which is a moment too.
        while (steps.Count <= 4 && steps[^1] < TotalSteps)
        {
            var interrupted = _job.Start();
            var manifestsBefore = Manifests(interrupted).ToHashSet();
            // From the first new checkpoint on, nearly all of the time is spent inside saves, renames and rotations.
            await interrupted.UntilAsync(() => Manifests(interrupted).Except(manifestsBefore).Any());
            await Task.Delay(random.Next(0, 60));
            await interrupted.InterruptAsync();
            _job.Synchronise(interrupted);
            steps.Add(await NewestCompleteStepAsync());
        }
        var last = await _job.RunAsync();

        Assert.Equal(expected.Metric("train:loss"), last.Metric("train:loss"), Tolerance);
        Assert.Equal(expected.Metric("validation:loss"), last.Metric("validation:loss"), Tolerance);
        Assert.Equal(steps.Order(), steps);
        Assert.Contains($"resumed step={steps[^1]} attempt={steps.Count}\n", last.Outputs[0], StringComparison.Ordinal);
        AssertLineage(steps[^1] < TotalSteps ? steps.Count : steps.Count - 1);
    }

    [SkippableFact]
    public async Task GivenSigterm_WhenTraining_ThenBothNodesSaveTheSameStepAndTheNextStartContinuesThere()
    {
        Skip.If(OperatingSystem.IsWindows(), "SIGTERM to another process does not exist on Windows");
        _job.Hyperparameters["step_delay_ms"] = "20";
        var stopped = _job.Start();
        await stopped.UntilAsync(() => Manifests(stopped).Any());
        foreach (var process in stopped.Processes)
        {
            using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync();
        }
        await stopped.WaitAsync();
        _job.Synchronise(stopped);
        var step = await NewestCompleteStepAsync();

        Assert.All(stopped.ExitCodes, code => Assert.Equal(0, code));
        Assert.StartsWith($"stopped step={step} of 60", stopped.LastLine, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(stopped.Node(0), "model")));
        var resumed = await _job.RunAsync();
        Assert.Contains($"resumed step={step} attempt=2\n", resumed.Outputs[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task GivenAnotherNumberOfNodes_WhenResumed_ThenTrainingContinues()
    {
        var undisturbed = await Undisturbed.Value;
        // Slow enough that the test sees the manifest before the training ends, on a busy machine too.
        _job.Hyperparameters["step_delay_ms"] = "60";
        foreach (var (nodes, step) in new[] { (2, 10), (1, 30) })
        {
            _job.Nodes = nodes;
            var interrupted = _job.Start();
            var manifest = Path.Combine(interrupted.Node(0), "checkpoints", $"step-{step:D8}", CheckpointManifest.FileName);
            await interrupted.UntilAsync(() => File.Exists(manifest));
            await interrupted.InterruptAsync();
            _job.Synchronise(interrupted);
        }

        _job.Hyperparameters["step_delay_ms"] = "0";
        _job.Nodes = 3;
        var last = await _job.RunAsync();

        // Other sums in another order: not the same bits, but the same training.
        Assert.Equal(undisturbed.Validation, last.Metric("validation:loss"), 1e-6);
        AssertLineage(3);
    }

    private static async Task<(double Train, double Validation)> RunUndisturbedAsync()
    {
        using var job = new WorkerJob();
        var attempt = await job.RunAsync();
        return (attempt.Metric("train:loss"), attempt.Metric("validation:loss"));
    }

    private static IEnumerable<string> Manifests(WorkerAttempt attempt)
    {
        var folder = Path.Combine(attempt.Node(0), "checkpoints");
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, CheckpointManifest.FileName, SearchOption.AllDirectories)] : [];
        }
        catch (DirectoryNotFoundException)
        {
            // Rotation was faster than the listing.
            return [];
        }
    }

    private async Task<int> NewestCompleteStepAsync() =>
        (await new CheckpointStore(_job.Bucket, "unused").ReadCompleteAsync(_ => { }, CancellationToken.None))[0].Manifest.Step;

    private void AssertLineage(int attempts)
    {
        var manifest = CheckpointManifest.FromJson(File.ReadAllBytes(Path.Combine(_job.Newest(), CheckpointManifest.FileName)));
        Assert.Equal(Enumerable.Range(1, attempts), manifest.Lineage.Select(entry => entry.Attempt));
        Assert.Equal(0, manifest.Lineage[0].FromStep);
        Assert.Null(manifest.Lineage[0].FromManifestSha256);
        Assert.All(manifest.Lineage.Skip(1), entry => Assert.Contains(entry.FromManifestSha256!, _job.ManifestHashes));
        Assert.Equal(manifest.Lineage.Select(entry => entry.FromStep).Order(), manifest.Lineage.Select(entry => entry.FromStep));
    }

    private static Dictionary<int, double> LossCurve(WorkerAttempt attempt) =>
        attempt.Outputs[0].Split('\n')
            .Where(line => line.StartsWith("step=", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToDictionary(words => int.Parse(words[0]["step=".Length..]), words => double.Parse(words[1]["train:loss=".Length..]));
}
