using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Records in the logs of runs that somebody who does not drive them has stopped their jobs, and says what is left to do with them.</summary>
public sealed class StopRecord(PipelineCall call, RunFinder finder)
{
    private readonly SortedSet<string> _open = new(StringComparer.Ordinal);

    /// <summary>Records that the service was asked to stop a job, where a run submitted it. What fails here is a warning: the job is stopped all the same.</summary>
    public async Task AddAsync(RunningJob job, CancellationToken cancellationToken)
    {
        if (job.RunId is not { } runId || !RunStore.IsRunId(runId))
        {
            return;
        }

        try
        {
            if (await finder.OpenLogAsync(runId, null, needsLog: true, cancellationToken) is { IsEmpty: false } log)
            {
                _open.Add(runId);
                await log.AppendAsync("launch.stop_requested", null, new { JobName = job.Name }, cancellationToken);
            }
        }
        catch (PipelineException exception)
        {
            _open.Add(runId);
            call.Console.Warn($"{job.Name} is stopped, but the log of run {runId} does not say so. {exception.Message}");
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
}
