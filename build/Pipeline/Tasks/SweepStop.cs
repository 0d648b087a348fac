using BuildPipeline.Aws;
using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Sweeps;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Stops a sweep: no further variant is started, and the jobs of those that run are stopped.</summary>
public sealed class SweepStop(PipelineCall call, SweepStore store, SweepReport report, S3Documents documents, JobStopper stopper, StopRecord record)
{
    /// <summary>Takes the sweep, and the runs that have submitted nothing, from the processes that work on them. Then it asks the service to stop the jobs; their checkpoints are kept.</summary>
    /// <exception cref="PipelineException">There is no such sweep (exit code 2), or the service does not answer.</exception>
    public async Task RunAsync(string sweepId, CancellationToken cancellationToken)
    {
        await store.ChangeAsync(sweepId, known => known.StoppedAt is null ? known with { StoppedAt = call.Time.GetUtcNow() } : known, cancellationToken);
        using (var lease = store.LeaseOf(sweepId))
        {
            await lease.TakeAwayAsync(call, $"sweep {sweepId}", cancellationToken);
        }

        foreach (var run in (await report.ReadAsync(sweepId, cancellationToken)).Runs.OfType<RunRecord>().Where(run => run is { ClosedAt: null, HasSubmitted: false }))
        {
            using var lease = Lease.OfRun(documents, run.Environment, run.RunId, call.Time);
            await lease.TakeAwayAsync(call, $"run {run.RunId}", cancellationToken);
        }

        await StopJobsAsync((await report.ReadAsync(sweepId, cancellationToken)).Runs, cancellationToken);
        call.Console.Done($"Sweep {sweepId} starts no further variant. Finish those that were started with:\n  {report.ResumeCommand(sweepId)}");
    }

    private async Task StopJobsAsync(IReadOnlyList<RunRecord?> runs, CancellationToken cancellationToken)
    {
        foreach (var attempt in runs.Select(run => run is { HasOpenJob: true } ? run.CurrentAttempt : null).OfType<AttemptRecord>())
        {
            if (await call.Console.RunWithStatusAsync($"stop {attempt.JobName}", () => stopper.StopAsync(attempt.JobName, cancellationToken)))
            {
                await record.WriteAsync(attempt.JobName, cancellationToken);
                call.Console.Done($"Asked SageMaker to stop {attempt.JobName}. The program has 120 s to save a checkpoint; that time is billed.");
            }
        }
    }
}
