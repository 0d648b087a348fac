using System.ComponentModel;
using System.Diagnostics;

namespace BuildPipeline;

/// <summary>The Python of this machine that can import PyTorch; compiled into each program that looks for one.</summary>
/// <param name="candidates">Programs in the order in which they are tried.</param>
/// <param name="patience">How long each may take: a first import on a busy machine reads hundreds of megabytes.</param>
internal sealed class TorchPython(IReadOnlyList<string> candidates, TimeSpan patience)
{
    /// <summary>Why there is none, and what to do; a clause that follows on a colon or comma.</summary>
    public const string WhyAbsent = "no Python of this machine can import torch (on Debian and Ubuntu, apt-get install python3-torch brings it)";

    private readonly Lock _lock = new();
    private string? _found;

    /// <summary>The one on the PATH first: whoever activated a virtual environment means it.</summary>
    public static TorchPython OfThisMachine { get; } =
        new(OperatingSystem.IsWindows() ? ["python3", "python"] : ["python3", "/usr/bin/python3"], TimeSpan.FromSeconds(60));

    /// <summary>Full path of the interpreter; null where there is none. It is looked for until it has been found once.</summary>
    public string? Find()
    {
        lock (_lock)
        {
            return _found ??= candidates.Select(Probe).FirstOrDefault(path => path is not null);
        }
    }

    private string? Probe(string program)
    {
        var start = new ProcessStartInfo(program, ["-c", "import sys, torch; print(sys.executable)"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.BeginErrorReadLine();
            var path = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(patience))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            return process.ExitCode == 0 ? path.GetAwaiter().GetResult().Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
