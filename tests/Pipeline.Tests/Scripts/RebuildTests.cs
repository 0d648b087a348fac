using System.Diagnostics;

namespace BuildPipeline.Pipeline.Tests.Scripts;

/// <summary>A new build leaves the files of a host that still runs as they are.</summary>
[Trait("Tier", "all")]
public sealed class RebuildTests : IDisposable
{
    private readonly ScriptCheckout _checkout = new();

    public RebuildTests() => Skip.If(OperatingSystem.IsWindows(), "build.sh is not for Windows.");

    public void Dispose() => _checkout.Dispose();

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_HostThatRuns_When_BuiltAgain_Then_ItKeepsItsFilesUntilItEnds(bool isPowerShell)
    {
        Func<string[], Task<ScriptResult>> run = isPowerShell ? _checkout.RunPowerShellAsync : _checkout.RunAsync;
        PowerShell.SkipWithout();
        await run([]);
        var first = _checkout.HostProgram;
        using var running = Process.Start(new ProcessStartInfo("sh", ["-c", "read line", first]) { RedirectStandardInput = true })!;

        await RebuildAsync(run);
        var second = _checkout.HostProgram;
        Assert.Equal((true, true), (File.Exists(first), File.Exists(second)));

        running.StandardInput.Close();
        await running.WaitForExitAsync();
        await RebuildAsync(run);
        Assert.Equal((false, false, true), (File.Exists(first), File.Exists(second), File.Exists(_checkout.HostProgram)));
    }

    private async Task RebuildAsync(Func<string[], Task<ScriptResult>> run)
    {
        var before = _checkout.HostProgram;
        _checkout.Touch();
        var result = await run([]);
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.NotEqual(before, _checkout.HostProgram);
    }
}
