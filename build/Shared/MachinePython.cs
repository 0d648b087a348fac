using System.ComponentModel;
using System.Diagnostics;

namespace BuildPipeline;

/// <summary>A Python of this machine.</summary>
/// <param name="Path">Full path of the interpreter.</param>
/// <param name="UserBase">Where packages of this user are installed; null if Python names no such folder.</param>
internal sealed record FoundPython(string Path, string? UserBase);

/// <summary>The Python of this machine that can import certain modules; compiled into each program that looks for one.</summary>
/// <param name="candidates">Programs in the order in which they are tried.</param>
/// <param name="modules">What it has to import, comma-separated.</param>
/// <param name="patience">How long each may take: a first import on a busy machine reads hundreds of megabytes.</param>
internal sealed class MachinePython(IReadOnlyList<string> candidates, string modules, TimeSpan patience)
{
    /// <summary>Why there is none with PyTorch, and what to do; a clause that follows on a colon or comma.</summary>
    public const string WhyNoTorch = "no Python of this machine can import torch (on Debian and Ubuntu, apt-get install python3-torch brings it)";

    /// <summary>As <see cref="WhyNoTorch"/>, for plain Python.</summary>
    public const string WhyNone = "this machine has no Python 3 (on Debian and Ubuntu, apt-get install python3 brings it)";

    private static readonly string[] Usual = OperatingSystem.IsWindows() ? ["python3", "python"] : ["python3", "/usr/bin/python3"];

    private readonly Lock _lock = new();
    private FoundPython? _found;

    /// <summary>With PyTorch; the one on the PATH first, because that is an activated virtual environment's.</summary>
    public static MachinePython WithTorch { get; } = new(Usual, "torch", TimeSpan.FromSeconds(60));

    /// <summary>With the standard library only.</summary>
    public static MachinePython Plain { get; } = new(Usual, "json", TimeSpan.FromSeconds(20));

    /// <summary>The interpreter; null if there is none. It is looked for until it has been found once.</summary>
    public FoundPython? Find()
    {
        lock (_lock)
        {
            return _found ??= candidates.Select(Probe).FirstOrDefault(found => found is not null);
        }
    }

    private FoundPython? Probe(string program)
    {
        var start = new ProcessStartInfo(program, ["-c", $"import sys, site, {modules}; print(sys.executable); print(site.getuserbase() or '')"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(patience))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            var lines = output.GetAwaiter().GetResult().Split('\n', StringSplitOptions.TrimEntries);
            return process.ExitCode == 0 ? new(lines[0], lines.ElementAtOrDefault(1) is { Length: > 0 } userBase ? userBase : null) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
