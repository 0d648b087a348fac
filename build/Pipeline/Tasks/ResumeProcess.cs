using System.Globalization;
using BuildPipeline.Aws;
using BuildPipeline.Watching;

namespace BuildPipeline.Tasks;

/// <summary>Drives a run of a watch in a process of its own.</summary>
public sealed class ResumeProcess(PipelineCall call, RunProcess processes, IAwsClients clients) : IRunDriver
{
    internal const string Log = "watch.log";
    private const int Polls = 4;

    /// <inheritdoc/>
    public Task<ExitCode> DriveAsync(string runId, CancellationToken cancellationToken)
    {
        // Long enough to take the next step, and short enough for the watch to see what follows.
        var wait = Math.Max(10, (int)(clients.Connection.PollingOptions.Poll * Polls).TotalSeconds);
        return processes.RunAsync(runId, Log, call.Hints.Arguments("Resume", $"--run={runId}", string.Create(CultureInfo.InvariantCulture, $"--wait={wait}s")), cancellationToken);
    }
}
