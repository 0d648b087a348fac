using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.S3;
using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Matrix;

/// <summary>A sandbox with an applied environment, in which full runs are disturbed one after the other and compared with one that was not.</summary>
public sealed class MatrixLane : IAsyncDisposable
{
    private const string StateBucket = "sandbox-terraform-state";

    private readonly HttpClient _http = new();
    private readonly string[] _files;
    private int _machines;

    public MatrixLane() => _files =
    [
        Workplace.Quick,
        $"--var-file={Place.Write("matrix.tfvars", "instance_count = 1\nalarms = {}\nteams = { research = { instance_families = [\"g5\"], usd_per_month = 5000 } }\n")}",
    ];

    public Workplace Place { get; } = new();

    /// <summary>The final loss of the run that was not disturbed.</summary>
    public double Loss { get; private set; }

    /// <summary>The requests of that run, in order.</summary>
    public IReadOnlyList<SandboxRequest> Requests { get; private set; } = [];

    /// <summary>How long that run took.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>The options of a full run.</summary>
    public string[] Launch(params string[] more) => ["--target=Launch", "--interruptions=0", .. _files, .. more];

    public async Task InitializeAsync()
    {
        await Place.HostSandboxAsync();
        (await Place.BuildAsync(Launch())).ShouldExitWith(0);
        var before = (await RequestsAsync()).Count;
        MoveToAnotherMachine();
        var started = TimeProvider.System.GetTimestamp();
        (await Workplace.EndAsync(Place.StartDriver(Launch()))).ShouldExitWith(0);
        Duration = TimeProvider.System.GetElapsedTime(started);
        Requests = [.. (await RequestsAsync()).Skip(before)];
        Loss = LaunchedOnce.LossOf(Place.Run);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Place.DisposeAsync();
    }

    /// <summary>From here on, runs are driven from a folder that never saw one.</summary>
    public void MoveToAnotherMachine() =>
        Place.ArtifactsFolder = Path.Combine(Path.GetDirectoryName(Place.SandboxState)!, string.Create(CultureInfo.InvariantCulture, $"machine-{++_machines}"));

    /// <summary>All requests since the sandbox started.</summary>
    public async Task<IReadOnlyList<SandboxRequest>> RequestsAsync() =>
        (await _http.GetFromJsonAsync<SandboxRequest[]>(new Uri(Place.Sandbox().Url, "/_sandbox/requests"), RunJson.Compact))!;

    /// <summary>Forgets the faults that nothing has met.</summary>
    public Task ClearFaultsAsync() => Place.ClearFaultsAsync();

    /// <summary>The runs in the log of the environment.</summary>
    public async Task<IReadOnlyList<string>> RunIdsAsync()
    {
        const string First = "/events/000001.json";
        using var s3 = Place.CreateS3();
        var runs = new List<string>();
        await foreach (var found in s3.Paginators.ListObjectsV2(new() { BucketName = StateBucket, Prefix = "runs/sandbox/" }).S3Objects)
        {
            if (found.Key.EndsWith(First, StringComparison.Ordinal))
            {
                runs.Add(found.Key.Split('/')[2]);
            }
        }

        return runs;
    }

    /// <summary>What is wrong after a run that was disturbed and continued; nothing if it is as one that was not.</summary>
    public async Task<IReadOnlyList<string>> ProblemsAsync(string runId, Result ended)
    {
        if (ended.ExitCode != 0)
        {
            return [$"exit {ended.ExitCode}: {ErrorOf(ended)}"];
        }

        using var record = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Place.ArtifactsFolder, "runs", runId, "run.json")));
        var run = record.RootElement;
        var problems = new List<string>();
        void Expect<T>(string what, T expected, T found)
        {
            if (!Equals(expected, found))
            {
                problems.Add($"{what}: {found} instead of {expected}");
            }
        }

        Expect("state", "closed_validated", run.GetProperty("state").GetString());
        Expect("attempts", 1, run.GetProperty("attempts").GetArrayLength());
        var name = run.GetProperty("attempts")[0].GetProperty("job_name").GetString()!;
        Expect("jobs", 1, (await Place.JobsAsync()).Count(job => job.Contains(runId, StringComparison.Ordinal)));
        Expect("loss", Math.Round(Loss, 9), Math.Round(LaunchedOnce.LossOf(run), 9));
        Expect("comments", 1, (await CommentsAsync()).Count(body => body.StartsWith($"<!-- pipeline-run:{runId} -->", StringComparison.Ordinal)));
        var entries = (await DocumentAsync("ledger/research.json"))!["entries"]!.AsArray().Where(entry => (string?)entry!["run_id"] == runId).ToList();
        Expect("ledger entries", 1, entries.Count);
        Expect("open ledger entries", 0, entries.Count(entry => entry!["closed_at"] is null));
        // A tracker that failed at the end of the run is brought up to date by the next target that looks at it.
        (await Place.BuildAsync("--target=Status", $"--run={runId}")).ShouldExitWith(0);
        var tracked = (await Place.ResourcesAsync()).GetProperty("mlflow_runs").EnumerateArray().Where(found => found.GetProperty("name").GetString() == name).ToList();
        Expect("tracked runs", 1, tracked.Count);
        Expect("tracked state", "FINISHED", tracked.FirstOrDefault() is { ValueKind: JsonValueKind.Object } one ? one.GetProperty("status").GetString() : null);
        Expect("lines in the index", 1, (await DocumentAsync($"runs/sandbox/history/{runId[..4]}-{runId[4..6]}.json"))?["runs"]!.AsArray().Count(entry => (string?)entry!["run_id"] == runId) ?? 0);
        Expect("released lease of the run", true, (bool?)(await DocumentAsync($"runs/sandbox/{runId}/lease.json"))?["released"]);
        Expect("released lease of the environment", true, (bool?)(await DocumentAsync("runs/sandbox/lease.json"))?["released"]);
        Expect("locks", 0, await LocksAsync());
        return problems;
    }

    /// <summary>The identifier of the error that a target ended with.</summary>
    public static string ErrorOf(Result ended) => ended.Output.Split('\n').LastOrDefault(line => line.Contains("BP", StringComparison.Ordinal))?.Trim() ?? ended.Output;

    /// <summary>The locks of Terraform's state.</summary>
    public async Task<int> LocksAsync()
    {
        using var s3 = Place.CreateS3();
        return (await s3.ListObjectsV2Async(new() { BucketName = StateBucket, Prefix = "infra/terraform.tfstate.tflock" })).S3Objects?.Count ?? 0;
    }

    private async Task<JsonNode?> DocumentAsync(string key)
    {
        using var s3 = Place.CreateS3();
        try
        {
            using var answer = await s3.GetObjectAsync(StateBucket, key);
            return await JsonNode.ParseAsync(answer.ResponseStream);
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchKey")
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<string>> CommentsAsync()
    {
        var all = new List<string>();
        for (var page = 1; ; page++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Place.Sandbox().Url, $"/api/v3/repos/sandbox/pipeline/issues/1/comments?per_page=100&page={page}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("token", "sandbox");
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("test", "1"));
            using var answer = await _http.SendAsync(request);
            var comments = await answer.Content.ReadFromJsonAsync<JsonElement[]>();
            all.AddRange(comments!.Select(comment => comment.GetProperty("body").GetString()!));
            if (comments!.Length < 100)
            {
                return all;
            }
        }
    }
}

/// <summary>A request as the sandbox logged it.</summary>
public sealed record SandboxRequest(long Number, DateTimeOffset At, string Service, string Operation, string? Key, string? Fault);
