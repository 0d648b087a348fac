using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BuildPipeline.JobLogs;
using BuildPipeline.Sandbox.Tests.Support;
using BuildPipeline.Tracking;

namespace BuildPipeline.Sandbox.Tests.Mlflow;

/// <summary>The pipeline's tracker against MLflow's own server, where it is installed.</summary>
public sealed class RealMlflowTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("mlflow-").FullName;
    private readonly HttpClient _http = new();
    private Process? _server;

    [SkippableFact]
    public async Task Given_MLflows_own_server_When_a_run_of_three_attempts_is_sent_by_two_processes_Then_it_is_one_run_with_each_value_once()
    {
        Skip.IfNot(await ExternalTool.WorksAsync("mlflow", "--version"), "Skipped the tracker against MLflow's own server: mlflow is not installed.");
        var root = await StartAsync();
        var raw = new RawMlflow(new HttpClient { BaseAddress = root });
        MlflowTracker Tracker() => new(new MlflowClient(_http, new PlainMlflowAccess(new PlainMlflow(root), "NONE", _ => null)), "real");

        await Tracker().SendAsync(Run(200) with { State = TrackedState.Running, EndedAt = null }, default);
        var second = Tracker();
        await second.SendAsync(Run(2500), default);
        await second.SendAsync(Run(2500), default);
        await Tracker().SendAsync(Run(2500), default);

        var experiment = (await raw.GetAsync("experiments/get-by-name?experiment_name=real"))["experiment"]!["experiment_id"]!.ToString();
        var found = Assert.Single((await raw.PostAsync("runs/search", new { experiment_ids = new[] { experiment } }))["runs"]!.AsArray())!;
        var history = (await raw.GetAsync($"metrics/get-history?run_id={found["info"]!["run_id"]}&metric_key=train/loss"))["metrics"]!.AsArray();
        Assert.Equal(2500, history.Count);
        Assert.Equal(2500, history.Select(metric => (metric!["step"]!.ToString(), metric["timestamp"]!.ToString())).Distinct().Count());
        Assert.Single(history, metric => metric!["value"]!.ToString() == "NaN");
        Assert.Equal("KILLED", found["info"]!["status"]!.ToString());
        Assert.Single((await raw.GetAsync("model-versions/search?filter=" + Uri.EscapeDataString("name='demo'")))["model_versions"]!.AsArray());
    }

    public void Dispose()
    {
        _server?.Kill(entireProcessTree: true);
        _server?.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<Uri> StartAsync()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var root = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}");
        free.Stop();
        _server = Process.Start(new ProcessStartInfo("mlflow", ["server", "--host", "127.0.0.1", "--port", $"{root.Port}", "--backend-store-uri", $"sqlite:///{_folder}/mlflow.db", "--artifacts-destination", _folder]) { WorkingDirectory = _folder });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            try
            {
                (await _http.GetAsync(new Uri(root, "/health"), limit.Token)).EnsureSuccessStatusCode();
                return root;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
            }
        }
    }

    private static TrackedRun Run(int values) => new()
    {
        RunId = "20260102-030405-ab12",
        Name = "job",
        StartedAt = Start,
        State = TrackedState.Killed,
        EndedAt = Start.AddHours(1),
        Params = new Dictionary<string, string> { ["lr"] = "0.1" },
        Tags = new Dictionary<string, string> { ["pipeline.run_id"] = "20260102-030405-ab12" },
        Metrics = [.. Enumerable.Range(0, values).Select(number => new MetricPoint("train:loss", number % 900, Start.AddMilliseconds(number), number == 7 ? double.NaN : number))],
        Model = new TrackedModel("demo", "s3://bucket/model.tar.gz"),
    };
}
