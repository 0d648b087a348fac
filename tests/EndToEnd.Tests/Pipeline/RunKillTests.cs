using System.Diagnostics;
using System.Text.Json;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Aimed kills of a launch. Whatever its last event was, one relaunch continues the same run with the same job.</summary>
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
        await KillAsync("s3", "PutObject", "run.continued", "evidence.judged");
        Assert.Equal("judged", Place.Run.GetProperty("state").GetString());

        (await Place.QuickAsync(Launch)).With(0);

        Assert.Equal(runId, Place.LatestRunId);
        await AssertClosedAsync(before.Count + 1);
        Assert.Single(Events(), kind => kind == "evidence.judged");
    }

    [TerraformFact]
    public async Task Given_AKillBeforeTheAnswerArrivesAndALostRunFolder_When_LaunchedAgain_Then_TheSameJobIsFound()
    {
        var before = await Place.JobsAsync();
        (await Place.QuickAsync("--target=Apply")).With(0);
        var (runId, run) = (Place.LatestRunId, Path.GetDirectoryName(Place.RunFile("run.json"))!);
        var early = run + "-early";
        Copy(run, early);
        string[] again = [.. Launch, $"--run={runId}"];

        await Place.FaultsAsync(
            new { service = "sagemaker", operation = "CreateTrainingJob", kind = "drop_response", count = 1 },
            new { service = "sagemaker", operation = "CreateTrainingJob", kind = "timeout" });
        using var lost = Place.Start([Workplace.Quick, .. again]);
        await UntilAsync(lost, Place.FaultsAreMetAsync);
        Assert.Equal(before.Count + 1, (await Place.JobsAsync()).Count);
        await KillAsync(lost);

        // What a runner downloads that starts where the one before was lost.
        Directory.Delete(run, recursive: true);
        Directory.Move(early, run);
        (await Place.QuickAsync(again)).With(0);
        await AssertClosedAsync(before.Count + 1);
        Assert.False(await IsOpenInTheAccountAsync(runId));
        var receipt = await File.ReadAllTextAsync(Place.RunFile("summary.md"));

        // Where S3 was away at the close, the entry stays; the next call removes it.
        await ListAsOpenAsync(runId);
        Directory.Delete(run, recursive: true);
        (await Place.QuickAsync(again)).With(0).Saying("is finished");
        Assert.False(await IsOpenInTheAccountAsync(runId));
        Assert.Equal(receipt, await File.ReadAllTextAsync(Place.RunFile("summary.md")));

        // With neither record nor events it may be open: nothing starts beside it, and what only looks carries on.
        await File.WriteAllTextAsync(Place.RunFile("run.json"), "{");
        File.Delete(Place.RunFile("events.jsonl"));
        (await Place.QuickAsync(Launch)).With(2).Saying(Place.RunFile("run.json")).Saying($"--run={runId}");
        (await Place.QuickAsync("--target=Status")).With(0).Saying(Place.RunFile("run.json"));
        (await Place.QuickAsync("--target=Status", $"--run={runId}")).With(0).Saying("validated");
        Assert.Equal(before.Count + 1, (await Place.JobsAsync()).Count);
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

    private async Task<bool> IsOpenInTheAccountAsync(string runId)
    {
        using var s3 = Place.CreateS3();
        return (await s3.ListObjectsV2Async(new() { BucketName = "sandbox-terraform-state", Prefix = $"runs/sandbox/open/{runId}.json" })).S3Objects is { Count: > 0 };
    }

    private async Task ListAsOpenAsync(string runId)
    {
        var job = Place.Run.GetProperty("job");
        var entry = new
        {
            format = "open-run/1",
            run_id = runId,
            region = job.GetProperty("region").GetString(),
            artifact_bucket = job.GetProperty("artifact_bucket").GetString(),
            artifact_prefix = job.GetProperty("artifact_prefix").GetString(),
            job_name = job.GetProperty("name").GetString(),
        };
        using var s3 = Place.CreateS3();
        await s3.PutObjectAsync(new() { BucketName = "sandbox-terraform-state", Key = $"runs/sandbox/open/{runId}.json", ContentBody = JsonSerializer.Serialize(entry) });
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static async Task UntilAsync(Process process, Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await condition())
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException((await Workplace.EndAsync(process)).Output);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), limit.Token);
        }
    }
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
            (await Place.QuickAsync("--target=Launch", "--interruptions=0")).With(0);
            Loss = LossOf(Place.Run);
        }
    }

    public async Task DisposeAsync() => await Place.DisposeAsync();

    public static double LossOf(JsonElement run) => run.GetProperty("evidence").GetProperty("final_metrics").GetProperty("validation:loss").GetDouble();
}
