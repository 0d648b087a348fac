using System.Collections.Concurrent;
using System.Diagnostics;
using Cake.Core;
using Cake.Core.IO;

namespace BuildPipeline.Terraform;

/// <summary>Starts terraform so it always stops cleanly, and keeps its output: in a log, and in memory for the error message.</summary>
/// <remarks>Cake's own runner has no way to pass a signal on, and what it starts dies of a broken pipe when the pipeline is killed.</remarks>
public sealed class TerraformProcesses : ITerraformProcesses
{
    private static readonly string[] LockingCommands = ["plan", "apply", "destroy"];
    private static readonly string Guard = System.IO.Path.Combine(AppContext.BaseDirectory, "Terraform", "guard.sh");

    /// <inheritdoc/>
    public IProcess Start(FilePath terraform, ProcessSettings settings, TerraformCall call, ConcurrentQueue<string> lines)
    {
        var files = call.Files;
        var arguments = settings.Arguments?.Render() ?? "";
        File.AppendAllText(files.Log, $"$ terraform {settings.Arguments?.RenderSafe()}\n");
        // Documents on standard output are read by the pipeline and not logged: they hold every value.
        var outputLog = settings.RedirectStandardOutput ? "/dev/null" : files.Log;
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(terraform.FullPath, arguments)
            : new ProcessStartInfo("bash", $"\"{Guard}\" \"{outputLog}\" \"{files.Log}\" \"{(MayLock(arguments) ? files.Processes : "/dev/null")}\" \"{terraform.FullPath}\" {arguments}");
        start.WorkingDirectory = settings.WorkingDirectory.FullPath;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var name in start.Environment.Keys.Where(TerraformEnvironment.IsCleared).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings.EnvironmentVariables ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new TerraformProcess(start, settings.RedirectStandardOutput ? [] : lines, lines, call.Cancellation);
    }

    private static bool MayLock(string arguments) =>
        LockingCommands.Any(command => arguments.StartsWith($"\"{command}\"", StringComparison.Ordinal));
}

/// <summary>A terraform that runs, under its guard.</summary>
internal sealed class TerraformProcess : IProcess
{
    private readonly ConcurrentQueue<string> _output;
    private readonly Process _process;
    private readonly CancellationTokenRegistration _interrupt;

    public TerraformProcess(
        ProcessStartInfo start, ConcurrentQueue<string> output, ConcurrentQueue<string> errors, CancellationToken cancellationToken)
    {
        _output = output;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        // The end of standard input tells the guard to interrupt terraform.
        _interrupt = cancellationToken.Register(_process.StandardInput.Close);
    }

    public void WaitForExit() => _process.WaitForExit();

    public bool WaitForExit(int milliseconds) => _process.WaitForExit(milliseconds);

    public int GetExitCode() => _process.ExitCode;

    public IEnumerable<string> GetStandardError() => [];

    public IEnumerable<string> GetStandardOutput()
    {
        _process.WaitForExit();
        return _output;
    }

    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        _interrupt.Dispose();
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}

/// <summary>A Cake context for one command of terraform, which is started by another runner than Cake's own.</summary>
internal sealed class TerraformContext(ICakeContext context, ITerraformProcesses processes, TerraformCall call) : CakeContextAdapter(context), IProcessRunner
{
    private readonly ConcurrentQueue<string> _lines = [];

    /// <summary>What terraform printed, both streams, line by line, without a document on standard output.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public override IProcessRunner ProcessRunner => this;

    public IProcess Start(FilePath filePath, ProcessSettings settings) => processes.Start(filePath, settings, call, _lines);
}
