using System.Diagnostics;

namespace BuildPipeline.Pipeline.Tests.Scripts;

/// <summary>The PowerShell that runs build.ps1: the one on PATH, else the .NET tool of the pinned version, installed into .tools.</summary>
internal static class PowerShell
{
    private static readonly Lazy<(string? Program, string Reason)> Found = new(Find);

    /// <summary>The program's path.</summary>
    public static string Program => Found.Value.Program ?? throw new InvalidOperationException(Found.Value.Reason);

    /// <summary>Skips the test, with the reason, where there is none and none can be installed.</summary>
    public static void SkipWithout() => Skip.If(Found.Value.Program is null, Found.Value.Reason);

    private static (string? Program, string Reason) Find()
    {
        var own = Path.Combine(Repository.Root, ".tools", "powershell", "pwsh");
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "pwsh")).Append(own).FirstOrDefault(File.Exists);
        return program is not null ? (program, "") : Install(own);
    }

    private static (string? Program, string Reason) Install(string program)
    {
        var version = File.ReadLines(Path.Combine(Repository.Root, "build", "tools.properties"))
            .Single(line => line.StartsWith("powershell_version=", StringComparison.Ordinal)).Split('=')[1];
        using var install = Process.Start(new ProcessStartInfo(
            "dotnet", ["tool", "install", "PowerShell", "--version", version, "--tool-path", Path.GetDirectoryName(program)!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = install.StandardError.ReadToEndAsync();
        var output = install.StandardOutput.ReadToEnd();
        install.WaitForExit();
        return install.ExitCode == 0 ? (program, "")
            : (null, $"pwsh is not on PATH, and PowerShell {version} could not be installed as a .NET tool: {output} {errors.Result}");
    }
}
