using System.Diagnostics;
using System.Text;

namespace BuildPipeline.Sandbox.Tests.Support;

/// <summary>The real Sandbox.dll, running as a process on a state folder.</summary>
public sealed class SandboxProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private SandboxProcess(Process process, RunningSandbox running) => (_process, Running) = (process, running);

    public RunningSandbox Running { get; }

    /// <summary>Sandbox.dll as built with the same configuration as the tests.</summary>
    public static string Assembly { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Sandbox", Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)), "Sandbox.dll"));

    /// <summary>Starts a sandbox and waits until it listens.</summary>
    public static async Task<SandboxProcess> StartAsync(string stateFolder, params string[] options)
    {
        File.Delete(RunningSandbox.FileIn(stateFolder));
        var process = Launch([$"--sandbox-state={stateFolder}", .. options]);
        var errors = Collect(process);
        var started = Stopwatch.StartNew();
        while (!File.Exists(RunningSandbox.FileIn(stateFolder)))
        {
            if (process.HasExited || started.Elapsed > StartLimit)
            {
                lock (errors)
                {
                    throw new InvalidOperationException($"The sandbox did not start: {errors}");
                }
            }

            await Task.Delay(20);
        }

        return new SandboxProcess(process, RunningSandbox.In(stateFolder));
    }

    /// <summary>Runs Sandbox.dll to its end; for command lines that it refuses.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] options)
    {
        using var process = Launch(options);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Asks the sandbox to end, and waits until it has.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        await Running.ShutDownAsync();
        await ExitAsync();
        return _process.ExitCode;
    }

    /// <summary>SIGKILL, as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await ExitAsync();
        }

        _process.Dispose();
    }

    private async Task ExitAsync()
    {
        using var limit = new CancellationTokenSource(EndLimit);
        await _process.WaitForExitAsync(limit.Token);
    }

    private static Process Launch(IEnumerable<string> options) =>
        Process.Start(new ProcessStartInfo("dotnet", [Assembly, .. options]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static StringBuilder Collect(Process process)
    {
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
            {
                errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return errors;
    }
}
