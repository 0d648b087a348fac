using System.Diagnostics;
using System.Text.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Aimed kills of a launch. Whatever its last event was, one relaunch continues the same run with the same job.</summary>
[Trait("Tier", "all")]
public sealed class RunKillTests(LaunchedOnce launched) : IClassFixture<LaunchedOnce>
{
    private static readonly string[] Launch = ["--target=Launch", "--interruptions=0"];

    private Workplace Place => launched.Place;

    [TerraformFact]
    public async Task Given_KillsAfterEachOfItsLastEvents_When_LaunchedAgain_Then_OneRunWithOneJobIsValidatedAndClosed()
    {
        var before = await Place.JobsAsync();
        await KillAsync("sagemaker", "CreateTrainingJob", null, "launch.intent");
        var runId = Place.LatestRunId;
        Assert.Equal(before.Count, (await Place.JobsAsync()).Count);
        await KillAsync("sagemaker", "DescribeTrainingJob", "launch.submitted", "launch.submitted", "job.status");
        // The job has ended before it is adopted; its end is an event all the same.
        await Place.UntilEndedAsync();
        await KillAsync("sagemaker", "ListTags", "launch.adopted", "job.ended");
        Assert.Equal("trained", Place.Run.GetProperty("state").GetString());
        await KillAsync("s3", "PutObject", "evidence.judged", "evidence.judged", "run.ended");
        Assert.Equal("judged", Place.Run.GetProperty("state").GetString());

        (await Place.QuickAsync(Launch)).ShouldExitWith(0);

        Assert.Equal(runId, Place.LatestRunId);
        await AssertClosedAsync(before.Count + 1);
        Assert.Single(Events(), kind => kind == "evidence.judged");
        await Place.AssertTrackedAsync("FINISHED");
    }

    [TerraformFact]
    public async Task Given_AKillBeforeTheAnswerArrivesAndALostRunFolder_When_LaunchedAgain_Then_TheSameJobIsFound()
    {
        var before = await Place.JobsAsync();
        (await Place.QuickAsync("--target=Apply")).ShouldExitWith(0);
        var (runId, runs) = (Place.LatestRunId, Path.GetDirectoryName(Path.GetDirectoryName(Place.RunFile("run.json")))!);
        string[] again = [.. Launch, $"--run={runId}"];

        await Place.FaultsAsync(
            new { service = "sagemaker", operation = "CreateTrainingJob", kind = "drop_response", count = 1 },
            new { service = "sagemaker", operation = "CreateTrainingJob", kind = "timeout" });
        using var lost = Place.Start([Workplace.Quick, .. again]);
        await UntilAsync(lost, Place.FaultsAreMetAsync);
        Assert.Equal(before.Count + 1, (await Place.JobsAsync()).Count);
        await KillAsync(lost);

        // A runner that starts with nothing.
        Directory.Delete(runs, recursive: true);
        (await Place.QuickAsync(again)).ShouldExitWith(0);
        await File.WriteAllTextAsync(Path.Combine(runs, "latest"), runId);
        await AssertClosedAsync(before.Count + 1);
        var receipt = await File.ReadAllTextAsync(Place.RunFile("summary.md"));

        Directory.Delete(Path.Combine(runs, runId), recursive: true);
        (await Place.BuildAsync("--target=Summary", $"--run={runId}")).ShouldExitWith(0);
        Assert.Equal(receipt, await File.ReadAllTextAsync(Place.RunFile("summary.md")));
        await File.WriteAllTextAsync(Place.RunFile("run.json"), "{");
        (await Place.QuickAsync("--target=Status")).ShouldExitWith(0).ShouldContain("validated");
        await AssertClosedAsync(before.Count + 1);
    }

    private async Task AssertClosedAsync(int jobs)
    {
        var run = Place.Run;
        Assert.Equal("closed_validated", run.GetProperty("state").GetString());
        Assert.Single(run.GetProperty("attempts").EnumerateArray());
        Assert.Equal(jobs, (await Place.JobsAsync()).Count);
        Assert.Equal(launched.Loss, LaunchedOnce.LossOf(run), 1e-9);
        Assert.Contains("Training completed and validated", await File.ReadAllTextAsync(Place.RunFile("summary.md")), StringComparison.Ordinal);
    }

    // A fault that is planned after an event, or before the launch, holds it in a known call. The kill comes once that call has arrived.
    private async Task KillAsync(string service, string operation, string? after, params string[] lastEvents)
    {
        var fault = new { service, operation, kind = "timeout" };
        var earlier = after is null ? 0 : Events().Count;
        if (after is null)
        {
            await Place.FaultsAsync(fault);
        }

        using var process = Place.Start([Workplace.Quick, .. Launch]);
        if (after is not null)
        {
            await UntilAsync(process, () => Task.FromResult(Events().Skip(earlier).Contains(after)));
            await Place.FaultsAsync(fault);
        }

        await UntilAsync(process, Place.FaultsAreMetAsync);
        await KillAsync(process);
        Assert.Contains(Events()[^1], lastEvents);
    }

    private static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    private List<string> Events()
    {
        if (!File.Exists(Place.RunFile("events.jsonl")))
        {
            return [];
        }

        using var stream = new FileStream(Place.RunFile("events.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.EndsWith('}'))
                .Select(line => line.Split("\"kind\":\"")[1].Split('"')[0]),
        ];
    }

    // Often, because it is killed at once.
    private static Task UntilAsync(Process process, Func<Task<bool>> condition) => Eventually.HoldsAsync(
        async () => await condition() || (process.HasExited ? throw new InvalidOperationException((await Workplace.EndAsync(process)).Output) : false), everyMilliseconds: 2);
}

/// <summary>A workplace in which one run was launched and validated, without an interruption.</summary>
public sealed class LaunchedOnce : IAsyncLifetime
{
    public Workplace Place { get; } = new();

    public double Loss { get; private set; }

    public async Task InitializeAsync()
    {
        if (Terraform.WhyAbsent is null)
        {
            await Place.HostSandboxAsync();
            (await Place.QuickAsync("--target=Launch", "--interruptions=0")).ShouldExitWith(0);
            Loss = LossOf(Place.Run);
        }
    }

    public async Task DisposeAsync() => await Place.DisposeAsync();

    public static double LossOf(JsonElement run) => run.GetProperty("evidence").GetProperty("final_metrics").GetProperty("validation:loss").GetDouble();
}
