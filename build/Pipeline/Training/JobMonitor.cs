using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Checkpoints;
using BuildPipeline.Observability;

namespace BuildPipeline.Training;

/// <summary>Follows a training job to its end, from any machine and at any time: it keeps nothing that the service does not have.</summary>
/// <remarks>
/// A failed question never means a failed job. Following continues through throttling, cut connections and errors inside the
/// service until there was no answer for <see cref="PollingOptions.ContactTimeout"/>; then it ends with <see cref="ExitCode.StillRunning"/>,
/// and the next call takes the job up again.
/// </remarks>
public sealed class JobMonitor(IAwsClients clients, CheckpointReader checkpoints, KeptManifests kept, UtilizationReader utilization, TimeProvider time)
{
    /// <summary>Follows the run's newest attempt until it ends.</summary>
    /// <param name="run">The run; its newest attempt is submitted.</param>
    /// <param name="show">Gets what each look showed.</param>
    /// <param name="record">Gets the attempt whenever the service says something new on it.</param>
    /// <returns>The attempt with its outcome.</returns>
    /// <exception cref="PipelineException">Contact was lost, or the job is gone.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the job itself keeps running.</exception>
    public async Task<AttemptRecord> FollowAsync(
        ITrainingRun run, Func<JobProgress, CancellationToken, Task> show, Func<AttemptRecord, CancellationToken, Task> record, CancellationToken cancellationToken)
    {
        var polling = clients.Connection.PollingOptions;
        var watch = new JobObservation(
            run, clients, new CheckpointMonitor(checkpoints, kept, run, polling.Checkpoints, time), new UtilizationMonitor(utilization, run, polling.Metrics, time), time);
        while (true)
        {
            var before = watch.Attempt;
            var progress = await watch.LookAsync(cancellationToken);
            if (JobObservation.IsNews(before, watch.Attempt))
            {
                await RecordAsync(() => record(watch.Attempt, cancellationToken), polling, cancellationToken);
            }

            await show(progress, cancellationToken);
            if (watch.Attempt.Outcome is not null)
            {
                return watch.Attempt;
            }

            await Task.Delay(watch.Pause, time, cancellationToken);
        }
    }

    // What was seen is recorded in S3, where a connection can be cut too.
    private async Task RecordAsync(Func<Task> record, PollingOptions polling, CancellationToken cancellationToken)
    {
        for (var until = time.GetUtcNow() + polling.ContactTimeout; ; await Task.Delay(polling.Poll, time, cancellationToken))
        {
            try
            {
                await record();
                return;
            }
            catch (PipelineException exception) when (exception.InnerException is { } cause && AwsErrors.IsTransient(cause))
            {
                if (time.GetUtcNow() >= until)
                {
                    throw new PipelineException(TrainingErrors.NotRecorded, $"The state of the job could not be recorded. {exception.Message}", exception);
                }
            }
        }
    }
}
