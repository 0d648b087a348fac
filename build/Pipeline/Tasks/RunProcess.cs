using System.Diagnostics;
using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>Starts targets.</summary>
public interface ITargetProcess
{
    /// <summary>Runs a target to its end.</summary>
    /// <param name="file">Absolute path of the file that the output is appended to.</param>
    /// <param name="arguments">The arguments of the pipeline.</param>
    /// <param name="cancellationToken">Cancelled by a signal, which the process got too.</param>
    /// <returns>How it ended.</returns>
    Task<ExitCode> RunAsync(string file, IReadOnlyList<string> arguments, CancellationToken cancellationToken);
}

/// <summary>Works on a run in a process of its own, so neither its failure nor what it holds stays in this one. Its output goes to the run's folder.</summary>
public sealed class RunProcess(RunStore store) : ITargetProcess
{
    // Outputs of a workflow step are those of the call, not of its parts.
    private const string StepOutputs = "GITHUB_OUTPUT";

    // It takes up to this long to close a run once it was told to end.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    /// <summary>Runs a target to its end.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="logFile">Name of the file in its folder that the output is appended to.</param>
    /// <param name="withheld">Start of the names of the environment variables that the process does not get.</param>
    /// <inheritdoc cref="ITargetProcess.RunAsync"/>
    public Task<ExitCode> RunAsync(string runId, string logFile, IReadOnlyList<string> arguments, CancellationToken cancellationToken, string withheld = StepOutputs) =>
        RunAsync(store.PathOf(runId, logFile), arguments, withheld, cancellationToken);

    /// <inheritdoc/>
    public Task<ExitCode> RunAsync(string file, IReadOnlyList<string> arguments, CancellationToken cancellationToken) => RunAsync(file, arguments, StepOutputs, cancellationToken);

    private static async Task<ExitCode> RunAsync(string file, IReadOnlyList<string> arguments, string withheld, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using var log = new StreamWriter(file, append: true) { AutoFlush = true };
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [BuildOutput.Locate("Pipeline"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true },
        };
        foreach (var name in process.StartInfo.Environment.Keys.Where(name => name.StartsWith(withheld, StringComparison.Ordinal)).ToList())
        {
            process.StartInfo.Environment.Remove(name);
        }

        process.OutputDataReceived += (_, line) => Write(log, line.Data);
        process.ErrorDataReceived += (_, line) => Write(log, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        // It got the same Ctrl-C, or ends by its own --wait: killed, it would keep the run's lease until that expires.
        using var limit = new CancellationTokenSource();
        await using var end = cancellationToken.Register(() => limit.CancelAfter(Patience));
        await process.WaitForExitAsync(limit.Token);
        return Enum.IsDefined((ExitCode)process.ExitCode) ? (ExitCode)process.ExitCode : ExitCode.Failed;
    }

    private static void Write(StreamWriter log, string? line)
    {
        lock (log)
        {
            log.WriteLine(line);
        }
    }
}
