using BuildPipeline.Aws;
using BuildPipeline.Journal;
using BuildPipeline.Sweeps;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>How Cleanup gets an environment for itself: it takes the environment, each sweep and each run from whoever works on it, so nothing is submitted any more, and stops the jobs.</summary>
public sealed class EnvironmentTakeOver(PipelineCall call, EnvironmentTurns environment, RunFinder finder, S3Documents documents, JobStopper jobs, StopRecord record, SweepStore sweeps)
{
    /// <summary>Takes the environment, then every run; dispose the result to give the environment back.</summary>
    /// <exception cref="PipelineException">Another process works in the same folder (exit code 75), or S3 cannot be reached.</exception>
    public async Task<EnvironmentTurn> TakeAsync(CancellationToken cancellationToken)
    {
        // In this order: a process that starts to drive a run after its lease was read finds Cleanup at work.
        var turn = await environment.TakeOverAsync(cancellationToken);
        try
        {
            await Concurrently.ForEachAsync(await sweeps.IdsAsync(cancellationToken), TakeSweepAsync, cancellationToken);
            await Concurrently.ForEachAsync(await finder.DrivableAsync(cancellationToken), TakeAsync, cancellationToken);
            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    /// <summary>The running jobs of the environment.</summary>
    /// <inheritdoc cref="JobStopper.ListRunningAsync"/>
    public Task<IReadOnlyList<RunningJob>> ListRunningAsync(string jobName, CancellationToken cancellationToken) => jobs.ListRunningAsync(jobName, cancellationToken);

    /// <summary>Stops jobs, waits for the end of each, and says how their runs are closed.</summary>
    /// <exception cref="PipelineException">One does not end, or the service does not answer.</exception>
    public async Task StopAsync(IReadOnlyList<RunningJob> running, CancellationToken cancellationToken)
    {
        foreach (var job in running)
        {
            await jobs.StopAsync(job.Name, cancellationToken);
            await call.Console.RunWithStatusAsync($"stop {job.Name}", () => jobs.WaitUntilEndedAsync(job.Name, askedAt: null, cancellationToken));
            call.Console.Done($"Stopped {job.Name}.");
            record.Add(job.Name);
        }

        record.ShowOpen();
    }

    private async Task TakeSweepAsync(string sweepId, CancellationToken cancellationToken)
    {
        using var lease = sweeps.LeaseOf(sweepId);
        await lease.TakeAwayAsync(call, $"sweep {sweepId}", cancellationToken);
    }

    private async Task TakeAsync(string runId, CancellationToken cancellationToken)
    {
        using var lease = Lease.OfRun(documents, call.Options.Environment, runId, call.Time);
        await lease.TakeAwayAsync(call, $"run {runId}", cancellationToken);
    }
}
