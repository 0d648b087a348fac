using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using BuildPipeline.Sandbox.SageMaker.Nodes;
using BuildPipeline.Worker.Checkpoints;
using BuildPipeline.Worker.Model;

namespace BuildPipeline.Sandbox.Tests.Worker;

/// <summary>
/// A training job of real worker processes in a temporary folder. Between attempts it does what SageMaker does: what the
/// nodes have under checkpoints/ goes into one bucket, and the bucket into every node that starts.
/// </summary>
internal sealed class WorkerJob : IDisposable
{
    public static readonly IReadOnlyDictionary<string, string> SmallModel = new Dictionary<string, string>
    {
        ["total_steps"] = "60", ["batch_size"] = "24", ["context"] = "4", ["embedding_size"] = "4", ["hidden_size"] = "8",
        ["checkpoint_interval_steps"] = "10", ["report_interval_steps"] = "10", ["seed"] = "7",
    };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly string _root = Directory.CreateTempSubdirectory("worker-job-").FullName;
    private readonly List<WorkerAttempt> _attempts = [];

    public WorkerJob()
    {
        Directory.CreateDirectory(Bucket);
        Directory.CreateDirectory(Path.Combine(Data, "nested"));
        var words = string.Join(' ', Enumerable.Range(0, 400).Select(i => $"step {i * 7919 % 97} of the run is {(i % 3 == 0 ? "spot" : "steady")};"));
        File.WriteAllText(Path.Combine(Data, "a.md"), words);
        File.WriteAllText(Path.Combine(Data, "nested", "b.txt"), words.ToUpperInvariant());
        File.WriteAllText(Path.Combine(Data, "ignored.json"), "{}");
    }

    public Dictionary<string, string> Hyperparameters { get; } = new(SmallModel);

    public int Nodes { get; set; } = 2;

    public string Bucket => Path.Combine(_root, "bucket");

    public string Data => Path.Combine(_root, "data");

    /// <summary>SHA-256 of every manifest that was ever in the bucket.</summary>
    public HashSet<string> ManifestHashes { get; } = [];

    public WorkerAttempt Start(Func<int, bool>? startsNode = null)
    {
        var attempt = new WorkerAttempt(Path.Combine(_root, $"attempt-{_attempts.Count + 1}"), Patience, PollInterval);
        _attempts.Add(attempt);
        for (var rank = 0; rank < Nodes; rank++)
        {
            var node = Path.Combine(attempt.Folder, $"algo-{rank + 1}");
            Prepare(node, rank);
            if (startsNode?.Invoke(rank) ?? true)
            {
                attempt.Launch(node);
            }
        }
        return attempt;
    }

    /// <summary>Takes the ended attempt's checkpoints into the bucket.</summary>
    public void Synchronise(WorkerAttempt attempt)
    {
        Directory.Delete(Bucket, recursive: true);
        Directory.CreateDirectory(Bucket);
        foreach (var node in Directory.GetDirectories(attempt.Folder))
        {
            Copy(Path.Combine(node, "checkpoints"), Bucket);
        }
        foreach (var manifest in Directory.GetFiles(Bucket, CheckpointManifest.FileName, SearchOption.AllDirectories))
        {
            ManifestHashes.Add(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(manifest))));
        }
    }

    /// <summary>Runs an attempt to its end and takes its checkpoints into the bucket.</summary>
    public async Task<WorkerAttempt> RunAsync()
    {
        var attempt = Start();
        await attempt.WaitAsync();
        Synchronise(attempt);
        return attempt;
    }

    /// <summary>The newest checkpoint's folder in the bucket.</summary>
    public string Newest() => Directory.GetDirectories(Bucket).Order(StringComparer.Ordinal).Last();

    public void Dispose()
    {
        _attempts.ForEach(attempt => attempt.Dispose());
        Directory.Delete(_root, recursive: true);
    }

    private void Prepare(string node, int rank)
    {
        var config = Path.Combine(node, "input", "config");
        Directory.CreateDirectory(config);
        File.WriteAllText(Path.Combine(config, "hyperparameters.json"), JsonSerializer.Serialize(Hyperparameters));
        var hosts = Enumerable.Range(1, Nodes).Select(i => $"algo-{i}").ToArray();
        File.WriteAllText(
            Path.Combine(config, "resourceconfig.json"),
            JsonSerializer.Serialize(new Dictionary<string, object> { ["current_host"] = hosts[rank], ["hosts"] = hosts }));
        Copy(Data, Path.Combine(node, "input", "data", "train"));
        Copy(Bucket, Path.Combine(node, "checkpoints"));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.Exists(from) ? Directory.GetFiles(from, "*", SearchOption.AllDirectories) : [])
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}

/// <summary>One start of all nodes.</summary>
internal sealed class WorkerAttempt(string folder, TimeSpan patience, TimeSpan pollInterval) : IDisposable
{
    private readonly ReservedPort _port = new();
    private readonly List<Process> _processes = [];
    private readonly List<Task<string>> _outputs = [];
    private readonly List<Task<string>> _errors = [];

    public string Folder { get; } = folder;

    public IReadOnlyList<Process> Processes => _processes;

    /// <summary>What each started node wrote to standard output, once it has ended.</summary>
    public IReadOnlyList<string> Outputs { get; private set; } = [];

    public IReadOnlyList<int> ExitCodes => [.. _processes.Select(process => process.ExitCode)];

    public string LastLine => Outputs[0].TrimEnd().Split('\n')[^1];

    public string Node(int rank) => Path.Combine(Folder, $"algo-{rank + 1}");

    public string Failure(int rank) => File.ReadAllText(Path.Combine(Node(rank), "output", "failure"));

    public bool HasEnded => _processes.TrueForAll(process => process.HasExited);

    public double Metric(string name)
    {
        using var metrics = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Node(0), "model", "metrics.json")));
        return metrics.RootElement.GetProperty("metrics").GetProperty(name).GetDouble();
    }

    public void Launch(string node)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(LanguageModel).Assembly.Location])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment =
            {
                ["SAGEMAKER_BASE_DIR"] = node, ["TRAINING_JOB_NAME"] = "test-job", ["SANDBOX_NODE"] = "1",
                ["MASTER_ADDR"] = "127.0.0.1", ["MASTER_PORT"] = $"{_port.Number}",
            },
        };
        var process = Process.Start(start)!;
        _processes.Add(process);
        _outputs.Add(process.StandardOutput.ReadToEndAsync());
        _errors.Add(process.StandardError.ReadToEndAsync());
    }

    public async Task WaitAsync()
    {
        using var timer = new CancellationTokenSource(patience);
        try
        {
            await Task.WhenAll(_processes.Select(process => process.WaitForExitAsync(timer.Token)));
        }
        finally
        {
            Kill();
            Outputs = await Task.WhenAll(_outputs);
            await Task.WhenAll(_errors);
        }
    }

    /// <summary>Polls until something is so on disk.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        using var timer = new CancellationTokenSource(patience);
        while (!condition())
        {
            Assert.False(HasEnded, "The nodes ended before what the test waits for.");
            await Task.Delay(pollInterval, timer.Token);
        }
    }

    /// <summary>SIGKILL to all nodes, as a reclaimed spot instance ends.</summary>
    public async Task InterruptAsync()
    {
        Kill();
        await WaitAsync();
    }

    public void Dispose()
    {
        Kill();
        foreach (var process in _processes)
        {
            process.WaitForExit();
            process.Dispose();
        }
        _port.Dispose();
    }

    private void Kill() => _processes.ForEach(process => process.Kill());
}
