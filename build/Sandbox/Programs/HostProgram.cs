using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BuildPipeline.Sandbox.Programs;

/// <summary>A program that the sandbox runs as a process of this machine, without what belongs to the user who started the sandbox.</summary>
internal sealed class HostProgram : IAsyncDisposable
{
    private const int SigTerm = 15;

    // What a program needs to start at all. Home, credentials and settings of the user who started the sandbox stay out.
    private static readonly string[] Inherited = ["PATH", "LANG", "DOTNET_ROOT", "DOTNET_ROOT_X64", "SystemRoot", "SystemDrive", "PATHEXT"];

    private HostProgram(Process process, Action<string> line)
    {
        Process = process;
        Exit = RunAsync(line);
    }

    /// <summary>For whoever measures it.</summary>
    public Process Process { get; }

    /// <summary>The exit code, once the program has ended and all its output has been read.</summary>
    public Task<int> Exit { get; }

    /// <param name="environment">All of the program's environment but what any program needs to start.</param>
    /// <param name="line">Called with each line that the program writes, to whichever of its outputs.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    public static HostProgram Start(
        string program, IReadOnlyList<string> arguments, string workingFolder, IReadOnlyDictionary<string, string> environment, Action<string> line)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var kept = Inherited.Where(start.Environment.ContainsKey).ToDictionary(name => name, name => start.Environment[name]);
        start.Environment.Clear();
        foreach (var (name, value) in kept.Concat(environment.Select(entry => KeyValuePair.Create(entry.Key, (string?)entry.Value))))
        {
            start.Environment[name] = value;
        }

        return new HostProgram(Process.Start(start)!, line);
    }

    /// <summary>Asks the program to end (SIGTERM).</summary>
    public void Terminate()
    {
        if (Process.HasExited)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            // There is no SIGTERM: a node program ends itself when its input does.
            Process.StandardInput.Close();
        }
        else
        {
            _ = SendSignal(Process.Id, SigTerm);
        }
    }

    /// <summary>Ends the program and what it started (SIGKILL).</summary>
    public void Kill()
    {
        try
        {
            Process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exit;
        Process.Dispose();
    }

    private async Task<int> RunAsync(Action<string> line)
    {
        await Task.WhenAll(ForwardAsync(Process.StandardOutput, line), ForwardAsync(Process.StandardError, line));
        await Process.WaitForExitAsync();
        return Process.ExitCode;
    }

    private static async Task ForwardAsync(StreamReader output, Action<string> line)
    {
        while (await output.ReadLineAsync() is { } text)
        {
            line(text);
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
