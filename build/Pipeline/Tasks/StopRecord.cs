using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;

namespace BuildPipeline.Tasks;

/// <summary>What becomes of runs whose jobs somebody stopped who does not drive them: each stays open, until its end is recorded.</summary>
public sealed class StopRecord(PipelineCall call, RunFinder finder)
{
    private readonly SortedSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>Notes that a job was stopped, where a run submitted it.</summary>
    public void Add(string jobName)
    {
        if (RunOf(jobName) is { } runId)
        {
            _open.Add(runId);
        }
    }

    /// <summary>Notes that the service was asked to stop a job, and records it in the log of its run. What fails here is a warning: the job is stopped all the same.</summary>
    public async Task WriteAsync(string jobName, CancellationToken cancellationToken)
    {
        if (RunOf(jobName) is not { } runId)
        {
            return;
        }

        try
        {
            if (await finder.OpenLogAsync(runId, null, needsLog: true, cancellationToken) is { IsEmpty: false } log)
            {
                _open.Add(runId);
                await log.AppendAsync("launch.stop_requested", null, new { JobName = jobName }, cancellationToken);
            }
        }
        catch (PipelineException exception)
        {
            _open.Add(runId);
            call.Console.Warn($"{jobName} is stopped, but the log of run {runId} does not say so. {exception.Message}");
        }
    }

    /// <summary>Says of each run how it is closed.</summary>
    public void ShowOpen()
    {
        foreach (var runId in _open)
        {
            call.Console.Running($"Run {runId} stays open until its end is recorded: by the launch that follows it, otherwise with:\n  {call.Hints.As("launch").For("Resume", $"--run={runId}")}");
        }
    }

    private static string? RunOf(string jobName) => JobOrigin.Parse(jobName)?.RunId is { } runId && RunStore.IsRunId(runId) ? runId : null;
}
