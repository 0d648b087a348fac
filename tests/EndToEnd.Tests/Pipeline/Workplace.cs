using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Amazon.CloudWatchLogs;
using Amazon.Runtime;
using Amazon.S3;
using BuildPipeline.Hosting;
using BuildPipeline.Sandbox.Tests.Support;
using Spectre.Console;
using FilterLogEventsRequest = Amazon.CloudWatchLogs.Model.FilterLogEventsRequest;
using LogsNotFound = Amazon.CloudWatchLogs.Model.ResourceNotFoundException;

namespace BuildPipeline.EndToEnd.Tests.Pipeline;

/// <summary>Runs <c>./build.sh</c> as a user does, with separate artifacts and a separate sandbox.</summary>
public sealed class Workplace : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pipeline-test-");
    private readonly HttpClient _http = new();
    private HostedSandbox? _hosted;

    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    public Workplace() => ArtifactsFolder = Path.Combine(_folder.FullName, "artifacts");

    /// <summary>Where runs are recorded; a test can move to another folder, as another machine would.</summary>
    public string ArtifactsFolder { get; set; }

    public string SandboxState => Path.Combine(_folder.FullName, "sandbox");

    private string[] Places => [$"--artifacts={ArtifactsFolder}", $"--sandbox-state={SandboxState}"];

    /// <summary>The newest run's id.</summary>
    public string LatestRunId => File.ReadAllText(Path.Combine(ArtifactsFolder, "runs", "latest")).Trim();

    /// <summary>One file of the newest run.</summary>
    public string RunFile(string name) => Path.Combine(ArtifactsFolder, "runs", LatestRunId, name);

    /// <summary>The newest run's record.</summary>
    public JsonElement Run => JsonDocument.Parse(File.ReadAllText(RunFile("run.json"))).RootElement;

    /// <summary>A file for a test to name in an option.</summary>
    public string Write(string name, string text)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>Runs a target to its end, in this process: the same code and the same terraform, sandbox and training as <see cref="ScriptAsync"/>, without the start of a process.</summary>
    public async Task<Result> BuildAsync(params string[] options)
    {
        Environment.CurrentDirectory = Root;
        using var output = new StringWriter();
        var writer = TextWriter.Synchronized(output);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        // The task runner blocks its thread, so it gets a separate one.
        string[] arguments = [.. options, .. Places];
        var running = Task.Factory.StartNew(
            () => EntryPoint.Run(arguments, console), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            return new Result(await running.WaitAsync(Limit), output.ToString());
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Still running after {Limit}: {output}");
        }
    }

    /// <summary>Runs a target to its end through the script, as a user does.</summary>
    public Task<Result> ScriptAsync(params string[] options) => EndAsync(Start(options));

    /// <summary>Runs a target with the quick training to its end.</summary>
    public Task<Result> QuickAsync(params string[] options) => BuildAsync([Quick, .. options]);

    /// <summary>The option that makes a training a few seconds long.</summary>
    public static string Quick { get; } = $"--var-file={Path.Combine(Root, "tests", "EndToEnd.Tests", "quick.tfvars")}";

    /// <summary>The option that takes one of the examples in infra/examples.</summary>
    public static string Example(string name) => $"--var-file={Path.Combine(Root, "infra", "examples", $"{name}.tfvars")}";

    /// <summary>The option for a training of so many steps, about 60 ms each, or another time that changes nothing else.</summary>
    public async Task<string> SlowerAsync(string name, int steps, int stepMilliseconds = 60)
    {
        var quick = await File.ReadAllTextAsync(Path.Combine(Root, "tests", "EndToEnd.Tests", "quick.tfvars"));
        return $"--var-file={Write(name, quick.Replace("\"15\"", $"\"{stepMilliseconds}\"", StringComparison.Ordinal).Replace("\"160\"", $"\"{steps}\"", StringComparison.Ordinal))}";
    }

    /// <summary>Starts a target.</summary>
    public Process Start(params string[] options) => Start(options, new Dictionary<string, string>());

    /// <summary>Starts a target with environment variables in addition to the test's own.</summary>
    public Process Start(IReadOnlyList<string> options, IReadOnlyDictionary<string, string> environment)
    {
        var script = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("powershell", ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", Path.Combine(Root, "build.ps1"), .. options, .. Places])
            : OperatingSystem.IsLinux()
            // Where these tests run in the background of a shell, every process that they start would ignore SIGINT.
            ? new ProcessStartInfo("env", ["--default-signal=INT", Path.Combine(Root, "build.sh"), .. options, .. Places])
            : new ProcessStartInfo(Path.Combine(Root, "build.sh"), [.. options, .. Places]);
        return StartScript(script, environment);
    }

    /// <summary>Starts a target as the script does once all is built: in a process of its own, which is the one to kill.</summary>
    public Process StartDriver(params string[] options) => StartDriver(options, new Dictionary<string, string>());

    /// <summary>The same with environment variables in addition to the test's own.</summary>
    public Process StartDriver(IReadOnlyList<string> options, IReadOnlyDictionary<string, string> environment) =>
        StartScript(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Pipeline.dll"), .. options, .. Places]), environment);

    /// <summary>Starts a shell command line in the repository, as a workflow step does.</summary>
    public static Process StartShell(string line, IReadOnlyDictionary<string, string> environment) =>
        StartScript(new ProcessStartInfo("bash", ["-e", "-o", "pipefail", "-c", line]), environment);

    /// <summary>Waits for a started target.</summary>
    /// <param name="process">Its process.</param>
    /// <param name="minutes">The longest wait; null is that of all targets.</param>
    public static async Task<Result> EndAsync(Process process, int? minutes = null)
    {
        var longest = minutes is { } own ? TimeSpan.FromMinutes(own) : Limit;
        var text = new StringBuilder();
        var reading = Task.WhenAll(ReadAsync(process.StandardOutput, text), ReadAsync(process.StandardError, text));
        using var limit = new CancellationTokenSource(longest);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            await reading.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"Still running after {longest}: {text}");
        }

        return new Result(process.ExitCode, text.ToString());
    }

    /// <summary>Starts the sandbox in this process, which is quicker; else the first target that needs one starts it as a process of its own.</summary>
    public async Task HostSandboxAsync() => _hosted = await HostedSandbox.StartAsync(SandboxState);

    /// <summary>The sandbox; it has to run.</summary>
    public RunningSandbox Sandbox() => RunningSandbox.In(SandboxState);

    /// <summary>The published S3 client on the sandbox.</summary>
    public AmazonS3Client CreateS3() => new(
        new BasicAWSCredentials("sandbox", "sandbox"),
        new AmazonS3Config { ServiceURL = Sandbox().Url.ToString(), AuthenticationRegion = "us-east-1", ForcePathStyle = true });

    /// <summary>All lines that the nodes of a job have written so far, host by host and attempt by attempt.</summary>
    public async Task<IReadOnlyList<string>> LogOfAsync(string job) => [.. (await LinesOfAsync(job)).Select(line => line.Text)];

    /// <summary>The same, with the time of each.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset At, string Text)>> LinesOfAsync(string job)
    {
        using var logs = new AmazonCloudWatchLogsClient(
            new BasicAWSCredentials("sandbox", "sandbox"),
            new AmazonCloudWatchLogsConfig { ServiceURL = Sandbox().Url.ToString(), AuthenticationRegion = "us-east-1" });
        var request = new FilterLogEventsRequest { LogGroupName = "/aws/sagemaker/TrainingJobs", LogStreamNamePrefix = $"{job}/" };
        var lines = new List<(DateTimeOffset, string)>();
        try
        {
            do
            {
                var page = await logs.FilterLogEventsAsync(request);
                lines.AddRange((page.Events ?? []).Select(found => (DateTimeOffset.FromUnixTimeMilliseconds(found.Timestamp!.Value), found.Message)));
                request.NextToken = page.NextToken;
            }
            while (request.NextToken is not null);
        }
        catch (LogsNotFound)
        {
            // The first line makes the log group.
        }

        return lines;
    }

    /// <summary>What the sandbox holds.</summary>
    public async Task<JsonElement> ResourcesAsync() =>
        await _http.GetFromJsonAsync<JsonElement>(new Uri(Sandbox().Url, "/_sandbox/resources"));

    /// <summary>What the sandbox's SNS sent.</summary>
    public async Task<IReadOnlyList<JsonElement>> MessagesAsync() =>
        [.. (await _http.GetFromJsonAsync<JsonElement>(new Uri(Sandbox().Url, "/_sandbox/messages"))).EnumerateArray()];

    /// <summary>Everybody who was asked to confirm a subscription does.</summary>
    public async Task ConfirmAsync()
    {
        foreach (var asked in (await MessagesAsync()).Where(message => message.GetProperty("type").GetString() == "SubscriptionConfirmation"))
        {
            (await _http.GetAsync(new Uri(asked.GetProperty("subscribe_url").GetString()!))).EnsureSuccessStatusCode();
        }
    }

    /// <summary>The kinds of the newest run's events, in order.</summary>
    public IEnumerable<string> Events() => File.ReadLines(RunFile("events.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()!);

    /// <summary>Names of the training jobs that the sandbox knows.</summary>
    public async Task<IReadOnlyList<string>> JobsAsync() =>
        [.. (await ResourcesAsync()).GetProperty("training_jobs").EnumerateArray().Select(job => job.GetProperty("name").GetString()!)];

    /// <summary>Asserts that the newest run is one run of the sandbox's MLflow, with that state, all its values and none sent twice.</summary>
    public async Task AssertTrackedAsync(string status)
    {
        var name = Run.GetProperty("attempts")[0].GetProperty("job_name").GetString();
        var tracked = Assert.Single((await ResourcesAsync()).GetProperty("mlflow_runs").EnumerateArray(), run => run.GetProperty("name").GetString() == name);
        Assert.Equal((status, 0), (tracked.GetProperty("status").GetString(), tracked.GetProperty("repeated_metrics").GetInt32()));
        Assert.Equal(File.ReadLines(RunFile("tracking.jsonl")).Count(line => line.StartsWith("{\"kind\":\"metric\"", StringComparison.Ordinal)), tracked.GetProperty("metrics").GetInt32());
    }

    /// <summary>Waits until no training job runs.</summary>
    public Task UntilEndedAsync() => Eventually.HoldsAsync(async () =>
        !(await ResourcesAsync()).GetProperty("training_jobs").EnumerateArray().Any(job => job.GetProperty("status").GetString() is "InProgress" or "Stopping"));

    /// <summary>Plans faults in the sandbox.</summary>
    public async Task FaultsAsync(params object[] faults) =>
        (await _http.PostAsJsonAsync(new Uri(Sandbox().Url, "/_sandbox/faults"), faults)).EnsureSuccessStatusCode();

    /// <summary>Forgets the faults that nothing has met.</summary>
    public async Task ClearFaultsAsync() => (await _http.DeleteAsync(new Uri(Sandbox().Url, "/_sandbox/faults"))).EnsureSuccessStatusCode();

    /// <summary>True once every planned fault was met: the request that the last one holds has arrived.</summary>
    public async Task<bool> FaultsAreMetAsync() =>
        (await _http.GetFromJsonAsync<JsonElement>(new Uri(Sandbox().Url, "/_sandbox/faults"))).GetArrayLength() == 0;

    public async ValueTask DisposeAsync()
    {
        if (_hosted is not null)
        {
            await _hosted.DisposeAsync();
        }
        else if (File.Exists(RunningSandbox.FileIn(SandboxState)))
        {
            using var process = Process.GetProcessById(Sandbox().Pid);
            await Sandbox().ShutDownAsync();
            await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        }

        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Process StartScript(ProcessStartInfo start, IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.WorkingDirectory = Root;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder text)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "BuildPipeline.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}

/// <summary>How a target ended.</summary>
/// <param name="Output">Both streams.</param>
public sealed partial record Result(int ExitCode, string Output)
{
    /// <summary>Fails the test, with the output, if the exit code is another.</summary>
    public Result ShouldExitWith(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"Expected exit code {exitCode}, got {ExitCode}:\n{Output}");
        return this;
    }

    /// <summary>Fails the test, with the output, if the target did not end with this error and exit code.</summary>
    public Result ShouldExitWith(int exitCode, string error)
    {
        // A workflow's output has colours.
        var plain = AnsiPattern().Replace(Output, "");
        Assert.True(plain.Split('\n').Any(line => line.StartsWith($"✗ {error} ", StringComparison.Ordinal) || line.StartsWith($"! {error} ", StringComparison.Ordinal)
            || line.StartsWith($"→ {error} ", StringComparison.Ordinal)), $"Expected {error}:\n{Output}");
        return ShouldExitWith(exitCode);
    }

    /// <summary>Fails the test, with the output, if it lacks one of the values; line breaks do not count.</summary>
    public Result ShouldContain(params IReadOnlyList<string> values)
    {
        var flat = string.Join(' ', Output.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
        Assert.All(values, value => Assert.True(flat.Contains(value, StringComparison.Ordinal), $"'{value}' is not in:\n{Output}"));
        return this;
    }

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex AnsiPattern();
}
