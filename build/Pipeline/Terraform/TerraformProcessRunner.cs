using System.Collections.Concurrent;
using System.Diagnostics;
using Cake.Core;
using Cake.Core.IO;

namespace BuildPipeline.Terraform;

/// <summary>Starts terraform so that it always stops cleanly, and keeps its output: in a log, and in memory for the error message.</summary>
/// <remarks>Cake's own runner has no way to pass a signal on, and what it starts dies of a broken pipe when the pipeline is killed.</remarks>
/// <param name="files">Where the output and the process id are kept.</param>
/// <param name="isCleared">True for an environment variable that terraform must not see.</param>
/// <param name="cancellationToken">Interrupts terraform once.</param>
internal sealed class TerraformProcessRunner(TerraformFiles files, Func<string, bool> isCleared, CancellationToken cancellationToken) : IProcessRunner
{
    private static readonly string[] LockingCommands = ["plan", "apply", "destroy"];
    private static readonly string Guard = System.IO.Path.Combine(AppContext.BaseDirectory, "Terraform", "guard.sh");

    private readonly ConcurrentQueue<string> _lines = [];

    /// <summary>What the last process printed, both streams, line by line.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    private static bool MayLock(string arguments) =>
        LockingCommands.Any(command => arguments.StartsWith($"\"{command}\"", StringComparison.Ordinal));

    public IProcess Start(FilePath filePath, ProcessSettings settings)
    {
        var arguments = settings.Arguments?.Render() ?? "";
        File.AppendAllText(files.Log, $"$ terraform {settings.Arguments?.RenderSafe()}\n");
        // Documents on standard output are read by the pipeline and not logged: they hold every value.
        var outputLog = settings.RedirectStandardOutput ? "/dev/null" : files.Log;
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(filePath.FullPath, arguments)
            : new ProcessStartInfo("bash", $"\"{Guard}\" \"{outputLog}\" \"{files.Log}\" \"{(MayLock(arguments) ? files.Processes : "/dev/null")}\" \"{filePath.FullPath}\" {arguments}");
        start.WorkingDirectory = settings.WorkingDirectory.FullPath;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var name in start.Environment.Keys.Where(isCleared).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings.EnvironmentVariables ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        _lines.Clear();
        return new TerraformProcess(start, settings.RedirectStandardOutput ? [] : _lines, _lines, cancellationToken);
    }
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

/// <summary>A Cake context whose processes are started by another runner.</summary>
internal sealed class TerraformContext(ICakeContext context, IProcessRunner runner) : CakeContextAdapter(context)
{
    public override IProcessRunner ProcessRunner => runner;
}
