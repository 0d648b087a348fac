using System.Diagnostics;
using BuildPipeline.Hosting;

namespace BuildPipeline.Pipeline.Tests.Hosting;

/// <summary>What a script or a log file gets: the program as a process, with its output in pipes and the environment of a colour terminal.</summary>
public sealed class RedirectedOutputTests
{
    private static readonly string[] ColourVariables = ["NO_COLOR", "GITHUB_ACTIONS", "GITHUB_ACTION"];

    [Theory]
    [InlineData(0, "Approve", "--target=Launch", "--dryrun")]
    [InlineData(0, "Performing dry run", "--target=Doctor", "--dryrun", "--verbosity=diagnostic")]
    [InlineData(0, "CostGate", "--tree")]
    [InlineData(0, "CostGate", "--description")]
    [InlineData(0, "--environment", "--help")]
    [InlineData(0, "build-pipeline", "--version")]
    [InlineData(0, "Details: ", "--info")]
    [InlineData(2, "BP1003", "--target=Nothing")]
    [InlineData(2, "BP1007", "--target=Launch", "--policy=Nothing")]
    public async Task Given_OutputInAPipe_When_TheProgramRuns_Then_NoLineHasAControlSequence(int exitCode, string said, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(EntryPoint).Assembly.Location, .. options]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in ColourVariables)
        {
            start.Environment.Remove(variable);
        }

        start.Environment["TERM"] = "xterm-256color";
        start.Environment["COLORTERM"] = "truecolor";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();

        Assert.Equal(exitCode, process.ExitCode);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
    }
}
