using System.Diagnostics;
using System.Globalization;
using BuildPipeline.Aws;
using BuildPipeline.Watching;

namespace BuildPipeline.Tasks;

/// <summary>Drives a run in a process of its own, so neither its failure nor what it holds stays in the watch. Its output goes to the run's folder.</summary>
public sealed class ResumeProcess(PipelineCall call, IAwsClients clients) : IRunDriver
{
    internal const string Log = "watch.log";
    private const int Polls = 4;

    // It takes up to this long to close a run once it was told to end.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    /// <inheritdoc/>
    public async Task<ExitCode> DriveAsync(string runId, CancellationToken cancellationToken)
    {
        var file = call.Session.Store.PathOf(runId, Log);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using var log = new StreamWriter(file, append: true) { AutoFlush = true };
        using var process = new Process { StartInfo = new ProcessStartInfo("dotnet", Arguments(runId)) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true } };
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

    // Long enough to take the next step, and short enough for the watch to see what follows.
    private IReadOnlyList<string> Arguments(string runId)
    {
        var wait = Math.Max(10, (int)(clients.Connection.PollingOptions.Poll * Polls).TotalSeconds);
        return [BuildOutput.Locate("Pipeline"), .. call.Hints.Arguments("Resume", $"--run={runId}", string.Create(CultureInfo.InvariantCulture, $"--wait={wait}s"))];
    }

    private static void Write(StreamWriter log, string? line)
    {
        lock (log)
        {
            log.WriteLine(line);
        }
    }
}
