using System.Globalization;
using BuildPipeline.Sandbox.CloudWatch.Metrics;
using BuildPipeline.Sandbox.Faults;
using BuildPipeline.Sandbox.Logs;
using BuildPipeline.Sandbox.S3.Storage;
using BuildPipeline.Sandbox.SageMaker.Jobs;
using BuildPipeline.Sandbox.SageMaker.Nodes;
using BuildPipeline.Sandbox.SageMaker.Requests;

namespace BuildPipeline.Sandbox.SageMaker.Execution;

/// <summary>The nodes of one attempt of one job: their folders, their programs, what they write and what they leave in S3.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    public const string LogGroup = "/aws/sagemaker/TrainingJobs";

    private const string CodeChannel = "code";
    private const string AlgorithmError = "AlgorithmError: ";
    private const int LongestLine = 256 * 1024 - 26;

    private readonly JobPlatform _platform;
    private readonly TrainingJob _job;
    private readonly MetricScanner _metrics;
    private readonly NodeTree[] _trees;
    private readonly string _attemptFolder;
    private readonly IObjectStore _objects;
    private readonly CheckpointSync? _sync;
    private readonly ReservedPort _port = new();
    private Uri? _endpoint;
    private INodeNetwork? _network;
    private readonly CancellationTokenSource _live = new();
    private readonly List<INode> _nodes = [];
    private readonly List<Task> _background = [];

    /// <param name="checkpointed">Called with the name of each file that reached S3.</param>
    public NodeCluster(JobPlatform platform, TrainingJob job, MetricScanner metrics, Action<string> checkpointed)
    {
        (_platform, _job, _metrics, _objects) = (platform, job, metrics, platform.Roles.Limit(platform.Stores.Objects, job));
        _attemptFolder = Path.Combine(platform.Host.JobFolder(job), string.Create(CultureInfo.InvariantCulture, $"attempt-{job.Attempts}"));
        var numbers = Enumerable.Range(1, job.Request.ResourceConfig.InstanceCount);
        _trees = [.. numbers.Select(number => new NodeTree(_attemptFolder, platform.Host.TemporaryFolder, $"algo-{number}", job.Request, platform.Host.Runner.Isolation.Mounts))];
        var folders = _trees.Select(tree => tree.Checkpoints).ToArray();
        _sync = job.Request.CheckpointConfig is { } checkpoints
            ? new CheckpointSync(_objects, S3Location.Parse(checkpoints.S3Uri), folders, checkpointed, () => platform.Meets(FaultKind.CheckpointSync, job))
            : null;
    }

    /// <summary>Makes the nodes' folders and brings configuration, data and checkpoints there.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var hosts = _trees.Select(tree => tree.Host).ToArray();
        foreach (var tree in _trees)
        {
            tree.Create(hosts);
        }

        _endpoint = await _platform.Host.Address.GetAsync(cancellationToken);

        await new ChannelDownload(_objects, _job.Region).RunAsync(_job.Request, _trees, cancellationToken);
        foreach (var tree in _trees)
        {
            await ChannelCheck.RequireAsync(_job.Request.Environment ?? new Dictionary<string, string>(), tree.ChannelFolder(""), cancellationToken);
            if (!_platform.Host.Runner.Isolation.Mounts)
            {
                NodePaths.CheckPrograms(tree.ChannelFolder(CodeChannel));
            }
        }

        if (_sync is not null)
        {
            await _sync.RestoreAsync(cancellationToken);
        }

        _network = _job.Request.EnableNetworkIsolation ? _platform.Host.Runner.OpenNetwork() : null;
    }

    /// <summary>Starts all programs.</summary>
    /// <returns>Completes when all have ended well, or one has not.</returns>
    public Task StartAsync()
    {
        var epoch = _platform.Time.GetUtcNow().ToUnixTimeSeconds();
        var isMeasured = _platform.Roles.MayMeasure(_job);
        foreach (var tree in _trees)
        {
            var node = _platform.Host.Runner.Start(Launch(tree), LineWriter(tree, epoch, isMeasured));
            _nodes.Add(node);
            if (isMeasured)
            {
                _background.Add(SampleAsync(tree.Host, node, _live.Token));
            }
        }

        if (_sync is not null)
        {
            _background.Add(_sync.RunAsync(_platform.Settings.CheckpointSync, _platform.Time, _live.Token));
        }

        return EndAsync();
    }

    /// <summary>What the job asked for and its programs run without, because this machine cannot do it; null where nothing.</summary>
    public NotEnforced? NotEnforced => _job.Request.EnableNetworkIsolation && _network is null
        ? new(nameof(TrainingJobRequest.EnableNetworkIsolation), "this machine lets the sandbox make no network namespace")
        : null;

    /// <summary>True from the moment on that programs run.</summary>
    public bool HasStarted => _nodes.Count > 0;

    /// <summary>The exit codes of the programs that have ended, by host.</summary>
    public IReadOnlyDictionary<string, int> ExitCodes => _nodes.Index()
        .Where(node => node.Item.Exit.IsCompletedSuccessfully)
        .ToDictionary(node => _trees[node.Index].Host, node => node.Item.Exit.Result, StringComparer.Ordinal);

    /// <summary>Gives programs that fail for the failure of another the time to say so, then ends all.</summary>
    /// <returns>The reason that the node that failed first left behind, and its exit code.</returns>
    public async Task<string> FailureAsync(CancellationToken cancellationToken)
    {
        await AllEndedAsync(_platform.Settings.FailureGrace, cancellationToken);
        var codes = ExitCodes;
        await KillAsync();
        var failed = _trees.Where(tree => codes.GetValueOrDefault(tree.Host) != 0)
            .OrderBy(tree => File.Exists(tree.FailureFile) ? File.GetLastWriteTimeUtc(tree.FailureFile) : DateTime.MaxValue)
            .First();
        var exit = string.Create(CultureInfo.InvariantCulture, $", exit code: {codes[failed.Host]}");
        return AlgorithmError + ReadStart(failed.FailureFile, TrainingJob.MaxFailureReason - AlgorithmError.Length - exit.Length) + exit;
    }

    /// <summary>SIGTERM, and SIGKILL where that does not end a program in time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var node in _nodes)
        {
            node.Terminate();
        }

        await AllEndedAsync(_platform.Settings.StopGrace, cancellationToken);
        await KillAsync();
    }

    /// <summary>SIGKILL for all, and nothing more goes to S3: what was not there yet is lost.</summary>
    public async Task KillAsync()
    {
        _live.Cancel();
        foreach (var node in _nodes)
        {
            node.Kill();
        }

        await Task.WhenAll(_nodes.Select(node => node.Exit));
        await Task.WhenAll(_background).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Brings the last checkpoints and all output to S3.</summary>
    /// <returns>Where the model is.</returns>
    public async Task<string> SaveAsync(CancellationToken cancellationToken)
    {
        if (_sync is not null)
        {
            await _sync.SyncAsync(cancellationToken);
        }

        return await new OutputUpload(_objects, _job.Request, _attemptFolder).RunAsync(_trees, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _live.Dispose();
        _port.Dispose();
        _network?.Dispose();
        // The instances are gone, and their disks with them.
        Directory.Delete(_attemptFolder, recursive: true);
        foreach (var tree in _trees)
        {
            Directory.Delete(tree.Temporary, recursive: true);
        }
    }

    private async Task AllEndedAsync(TimeSpan patience, CancellationToken cancellationToken) => await Task.WhenAny(
        Task.WhenAll(_nodes.Select(node => node.Exit)), Task.Delay(patience, _platform.Time, cancellationToken));

    private async Task EndAsync()
    {
        var running = _nodes.Select(node => node.Exit).ToList();
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            if (await ended != 0)
            {
                return;
            }
        }
    }

    private NodeLaunch Launch(NodeTree tree)
    {
        var algorithm = _job.Request.AlgorithmSpecification;
        var image = _platform.Host.Images.Find(algorithm.TrainingImage)
            ?? throw new JobFailure($"ClientError: the sandbox does not know the training image '{algorithm.TrainingImage}' any more.");
        if (image.Lacking is { } sentence)
        {
            throw new JobFailure($"ClientError: {sentence}");
        }

        string[] command = [.. (algorithm.ContainerEntrypoint ?? image.Command).Concat(algorithm.ContainerArguments ?? []).Select(text => tree.Seen(text, "command"))];
        var environment = ProgramEnvironment.For(image, _job, tree, _endpoint!, _platform.Roles.StartSession(_job), _port.Number);
        return new NodeLaunch(command[0], command[1..], tree.Root, environment) { Network = _network?.Process };
    }

    private Action<string> LineWriter(NodeTree tree, long epoch, bool isMeasured)
    {
        var name = $"{_job.Name}/{tree.Host}-";
        var logs = _platform.Stores.Logs.In(_job.Region);
        while (logs.Exists(LogGroup) && logs.Group(LogGroup).Find(name + epoch) is not null)
        {
            epoch++;
        }

        var stream = name + epoch;
        Action<string> measure = isMeasured ? _metrics.Scan : _ => { };
        if (!_platform.Roles.MayLog(_job, LogGroup, stream))
        {
            return measure;
        }

        logs.Ensure(LogGroup, stream);
        return line =>
        {
            var now = _platform.Time.GetUtcNow().ToUnixTimeMilliseconds();
            var parts = line.Chunk(LongestLine).DefaultIfEmpty([]);
            logs.Ensure(LogGroup, stream).Append(parts.Select(part => new LogEvent(now, now, new string(part))));
            measure(line);
        };
    }

    private async Task SampleAsync(string host, INode node, CancellationToken cancellationToken)
    {
        var key = (string name) => new MetricKey(MetricScanner.Namespace, name, [new Dimension("Host", $"{_job.Name}/{host}")]);
        var metrics = _platform.Stores.Metrics.In(_job.Region);
        var before = (At: _platform.Time.GetTimestamp(), Usage: new NodeUsage(TimeSpan.Zero, 0));
        while (true)
        {
            await Task.Delay(_platform.Settings.Sampling, _platform.Time, cancellationToken);
            if (node.Measure() is not { } usage)
            {
                return;
            }

            var (now, elapsed) = (_platform.Time.GetUtcNow(), _platform.Time.GetElapsedTime(before.At));
            var processor = (usage.ProcessorTime - before.Usage.ProcessorTime) / elapsed;
            var memory = (double)usage.Memory / GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            metrics.Put(key("CPUUtilization"), Datapoint.Create(now, 100 * processor));
            metrics.Put(key("MemoryUtilization"), Datapoint.Create(now, 100 * memory));
            before = (_platform.Time.GetTimestamp(), usage);
        }
    }

    private static string ReadStart(string failureFile, int length)
    {
        if (!File.Exists(failureFile))
        {
            return "";
        }

        using var text = new StreamReader(failureFile);
        var start = new char[length];
        return new string(start, 0, text.ReadBlock(start));
    }
}
