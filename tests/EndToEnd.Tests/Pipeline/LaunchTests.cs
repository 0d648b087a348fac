using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

public sealed class LaunchTests : IAsyncLifetime
{
    private const long SandboxLimitKilobytes = 300 * 1024;

    private readonly Workplace _place = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [TerraformFact]
    public async Task Given_AFreshSandbox_When_Launched_Then_TheRunIsInterruptedResumedValidatedAndItsReceiptAgrees()
    {
        var ended = (await _place.BuildAsync("--target=Launch")).ShouldExitWith(0);

        var run = _place.Run;
        var interruption = Assert.Single(run.GetProperty("evidence").GetProperty("interruptions").EnumerateArray());
        var step = interruption.GetProperty("resumed_from_step").GetInt32();
        Assert.True(step > 0);
        var summary = await File.ReadAllTextAsync(_place.RunFile("summary.md"));
        Assert.Matches($@"\| {step} \|", summary);
        foreach (var (_, metric) in run.GetProperty("evidence").GetProperty("final_metrics").EnumerateObject().Select(metric => (metric.Name, metric.Value)))
        {
            Assert.Contains(metric.GetDouble().ToString("G6", CultureInfo.InvariantCulture), summary, StringComparison.Ordinal);
        }

        var attempt = run.GetProperty("attempts")[0];
        Assert.Contains($"Billed {attempt.GetProperty("billable_seconds")} of {attempt.GetProperty("training_seconds")} training seconds", summary, StringComparison.Ordinal);
        Assert.Equal("sandbox", run.GetProperty("approval").GetProperty("source").GetString());
        ended.ShouldContain("Interrupted", "validated");
        foreach (var file in new[] { "plan.tfplan", "plan.json", "cost.json", "approval.json", "approval.dsse.json", "run.json", "events.jsonl", "summary.md" })
        {
            Assert.True(File.Exists(_place.RunFile(file)), file);
        }

        (await _place.BuildAsync("--target=Verify")).ShouldExitWith(4, "BP1322");
        (await _place.BuildAsync("--target=Verify", $"--approval-key={_place.RunFile("approval-key.pem")}")).ShouldExitWith(0);
        await AssertCommentAsync(summary);
        AssertSandboxIsSmall();
    }

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_NoneAndThreeInterruptions_When_Launched_Then_TheFinalLossIsTheSame()
    {
        await _place.HostSandboxAsync();
        var losses = new List<double>();
        foreach (var count in new[] { 0, 3 })
        {
            (await _place.QuickAsync("--target=Launch", $"--interruptions={count}")).ShouldExitWith(0);
            var evidence = _place.Run.GetProperty("evidence");
            Assert.Equal(count, evidence.GetProperty("interruptions").GetArrayLength());
            losses.Add(evidence.GetProperty("final_metrics").GetProperty("validation:loss").GetDouble());
        }

        Assert.InRange(losses.Max() - losses.Min(), 0, 1e-9);
    }

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_ALaunchThatRuns_When_LaunchedFromAnotherFolderAndTheSandboxRestarts_Then_TheSecondIsRefusedAndTheFirstEnds()
    {
        var first = _place.ArtifactsFolder;
        using var launch = _place.Start("--target=Launch", Workplace.Quick);
        await Eventually.HoldsAsync(() => Task.FromResult(File.Exists(Path.Combine(first, "runs", "latest"))));

        (await _place.QuickAsync("--target=Launch")).ShouldExitWith(75, "BP1703");
        _place.ArtifactsFolder = Path.Combine(Path.GetDirectoryName(first)!, "clone");
        (await _place.QuickAsync("--target=Launch")).ShouldExitWith(75, "BP1703");
        Assert.False(File.Exists(Path.Combine(_place.ArtifactsFolder, "runs", "latest")));

        await Eventually.HoldsAsync(async () => (await _place.JobsAsync()).Count == 1);
        var (url, pid, _) = _place.Sandbox();
        using (var process = Process.GetProcessById(pid))
        {
            await _place.Sandbox().ShutDownAsync();
            await process.WaitForExitAsync();
        }

        (await _place.BuildAsync("--target=Status")).ShouldExitWith(0).ShouldContain(Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(first, "runs")))));
        Assert.NotEqual(url, _place.Sandbox().Url);

        _place.ArtifactsFolder = first;
        var ended = (await Workplace.EndAsync(launch)).ShouldExitWith(0).ShouldContain("final step=160");
        Assert.DoesNotContain("could not be read", ended.Output, StringComparison.Ordinal);
        Assert.Single(await _place.JobsAsync());
    }

    [TerraformFact]
    [Trait("Tier", "all")]
    public async Task Given_ADetachedLaunchAndALaterRun_When_NoRunIsNamed_Then_ItIsTheOpenOneUntilItIsClosedAndThenNothingChangesIt()
    {
        await _place.HostSandboxAsync();
        (await _place.QuickAsync("--target=Launch", "--detach")).ShouldExitWith(75, "BP1528");
        var (runId, folder) = (_place.LatestRunId, _place.ArtifactsFolder);
        (await _place.QuickAsync("--target=CostGate")).ShouldExitWith(0);
        Assert.NotEqual(runId, _place.LatestRunId);

        (await _place.BuildAsync("--target=Status")).ShouldExitWith(0).ShouldContain(runId);

        // Another machine: it shares the account with the first one, and nothing else.
        _place.ArtifactsFolder = Path.Combine(Path.GetDirectoryName(folder)!, "clone");
        var status = (await _place.BuildAsync("--target=Status")).ShouldExitWith(0).ShouldContain(runId);
        Assert.Matches(@"(?m)^state +(launched|trained)\r?$", status.Output);
        (await _place.QuickAsync("--target=Launch")).ShouldExitWith(0).ShouldContain(runId);
        (await _place.BuildAsync("--target=Summary", $"--run={runId}")).ShouldExitWith(0).ShouldContain("validated");
        Assert.Single(await _place.JobsAsync());

        var clone = _place.ArtifactsFolder;
        _place.ArtifactsFolder = folder;
        (await _place.BuildAsync("--target=Status", $"--run={runId}", "--offline")).ShouldExitWith(0).ShouldContain("launched");
        (await _place.BuildAsync("--target=Summary", $"--run={runId}")).ShouldExitWith(0);
        foreach (var file in new[] { "run.json", "events.jsonl", "summary.md" })
        {
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(clone, "runs", runId, file)), await File.ReadAllTextAsync(Path.Combine(folder, "runs", runId, file)));
        }

        var receipt = await File.ReadAllTextAsync(Path.Combine(folder, "runs", runId, "summary.md"));
        var record = await File.ReadAllTextAsync(Path.Combine(folder, "runs", runId, "run.json"));
        foreach (var target in new[] { "Plan", "CostGate", "Approve", "Apply", "Launch", "Validate", "Summary", "Status", "Stop" })
        {
            (await _place.BuildAsync($"--target={target}", $"--run={runId}")).ShouldExitWith(0);
        }

        Assert.Equal(receipt, await File.ReadAllTextAsync(Path.Combine(folder, "runs", runId, "summary.md")));
        Assert.Equal(record, await File.ReadAllTextAsync(Path.Combine(folder, "runs", runId, "run.json")));
        Assert.Single(await _place.JobsAsync());
    }

    [TerraformFact(needsBash: true)]
    [Trait("Tier", "all")]
    public async Task Given_ARunningJob_When_TheSuggestedCommandStopsIt_Then_TheLaunchEndsShortAndCleanupRemovesAllButTheArtifacts()
    {
        await _place.HostSandboxAsync();
        _place.ArtifactsFolder += " of o'neil";
        var launched = (await _place.BuildAsync("--target=Launch", "--detach")).ShouldExitWith(75);

        // A destroy that cannot be planned costs no running job.
        (await _place.BuildAsync("--target=Cleanup", "--var=instance_count=0")).ShouldExitWith(2).ShouldContain("instance_count");
        Assert.Equal("InProgress", (await _place.ResourcesAsync()).GetProperty("training_jobs")[0].GetProperty("status").GetString());

        await RunSuggestedAsync(launched, "Stop", 0);
        await RunSuggestedAsync(launched, "Launch", 6);
        await _place.AssertTrackedAsync("KILLED");
        (await _place.BuildAsync("--target=Stop")).ShouldExitWith(2, "BP1731");
        (await _place.BuildAsync("--target=Cleanup")).ShouldExitWith(0).ShouldContain("--purge-artifacts=");

        var left = await _place.ResourcesAsync();
        Assert.All(
            left.GetProperty("resources").EnumerateArray().Select(resource => resource.GetProperty("type").GetString()!),
            type => Assert.True(type.StartsWith("aws_s3_bucket", StringComparison.Ordinal) || type.StartsWith("aws_kms_", StringComparison.Ordinal), type));
        var bucket = _place.Run.GetProperty("job").GetProperty("artifact_bucket").GetString()!;
        (await _place.BuildAsync("--target=Cleanup", "--purge-artifacts=another-bucket")).ShouldExitWith(2, "BP1117").ShouldContain(bucket);
        (await _place.BuildAsync("--target=Cleanup", $"--purge-artifacts={bucket}")).ShouldExitWith(0);
        var purged = await _place.ResourcesAsync();
        Assert.Empty(purged.GetProperty("resources").EnumerateArray());
        Assert.Empty(purged.GetProperty("buckets").EnumerateArray());
    }

    // As a person copies it: the whole line, into a shell.
    private static async Task RunSuggestedAsync(Result ended, string target, int exitCode)
    {
        var command = ended.Output.Split('\n').Select(line => line.Trim()).Single(line => line.Contains($"build.sh --target={target} ", StringComparison.Ordinal));
        (await Workplace.EndAsync(Workplace.StartShell(command, new Dictionary<string, string>()))).ShouldExitWith(exitCode);
    }

    private async Task AssertCommentAsync(string summary)
    {
        using var http = new HttpClient { BaseAddress = _place.Sandbox().Url };
        http.DefaultRequestHeaders.Add("Authorization", "token sandbox");
        http.DefaultRequestHeaders.Add("User-Agent", "test");
        using var comments = JsonDocument.Parse(await http.GetStringAsync("/api/v3/repos/sandbox/pipeline/issues/1/comments"));
        var body = Assert.Single(comments.RootElement.EnumerateArray()).GetProperty("body").GetString()!;
        Assert.EndsWith(summary, body, StringComparison.Ordinal);
    }

    private void AssertSandboxIsSmall()
    {
        if (OperatingSystem.IsLinux())
        {
            var line = File.ReadLines($"/proc/{_place.Sandbox().Pid}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            Assert.InRange(long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture), 1, SandboxLimitKilobytes);
        }
    }
}
