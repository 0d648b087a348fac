using BuildPipeline.Freezes;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Stalls;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Watches a run's job until it ends, or until the person at the terminal has seen enough.</summary>
public sealed class JobFollowing(PipelineCall call, JobMonitor follower, JobMoves moves, JobStopper stopper, RunTracking tracking, RunObservation observation, FreezeNotice freezes)
{
    private ProgressVerdict? _progress;

    /// <summary>Watches until the job has ended, or was moved to the other market.</summary>
    /// <param name="lost">Cancelled when another process has taken over the environment.</param>
    /// <exception cref="PipelineException">The job is still running and is no longer watched (exit code 75).</exception>
    /// <exception cref="OperationCanceledException">Another process has taken over.</exception>
    public async Task RunAsync(ShutdownSignals signals, CancellationToken lost)
    {
        // The end of a job that has ended already is recorded at once.
        if (call.Options.Detach && call.Run.CurrentAttempt!.Status is not ("Completed" or "Failed" or "Stopped"))
        {
            throw await LeaveAsync("detached");
        }

        using var limit = call.Options.Wait is { } wait ? new CancellationTokenSource(wait, call.Time) : new CancellationTokenSource();
        while (true)
        {
            using var move = new CancellationTokenSource();
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(signals.Token, limit.Token, move.Token, lost);
                await FollowAsync(move, either.Token);
                return;
            }
            catch (OperationCanceledException) when (lost.IsCancellationRequested)
            {
                throw;
            }
            catch (OperationCanceledException) when (move.IsCancellationRequested)
            {
                if (await moves.MoveAsync(signals.Token))
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && call.Options.Wait is { } over)
            {
                throw await LeaveAsync($"watched for {over.InWords()} as set by --wait");
            }
            catch (OperationCanceledException) when (signals.Count > 0)
            {
                await DetachOrStopAsync(signals);
            }
        }
    }

    // A move that an earlier process had decided on is carried on with.
    private async Task FollowAsync(CancellationTokenSource move, CancellationToken cancellationToken)
    {
        if (call.Run.CurrentAttempt?.MovingTo is not null)
        {
            await move.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }

        _progress = null;
        using var view = TrainingViews.Create(call.Console);
        string? unread = null;
        await follower.FollowAsync(
            call.Run,
            async (progress, token) =>
            {
                _progress = progress.Verdict;
                view.Show(progress with { Frozen = await freezes.ReadAsync(call.Run.Job!.Team, token), Notices = [.. progress.Notices, .. observation.Saw(progress), .. await tracking.FollowAsync(token)] });
                unread = progress.UnreadLog;
                if (await moves.IsDueAsync(progress, token))
                {
                    await move.CancelAsync();
                }
            },
            RecordAsync,
            cancellationToken);
        if (unread is not null)
        {
            view.Dispose();
            call.Console.Warn($"The last log lines of {call.Run.CurrentAttempt!.JobName} could not be read ({unread}). Show them with:\n  {call.Hints.For("Logs", $"--run={call.Run.RunId}")}");
        }
    }

    // A second Ctrl-C at the question detaches: leaving must never need an answer.
    private async Task DetachOrStopAsync(ShutdownSignals signals)
    {
        if (!call.Console.IsLive())
        {
            throw await LeaveAsync("detached by a signal");
        }

        signals.Rearm();
        try
        {
            var answer = await new SelectionPrompt<string>()
                .Title("The job keeps running if you leave. What do you want to do?")
                .AddChoices("detach: leave it running", "stop: stop the job and keep its checkpoints", "keep watching")
                .ShowAsync(call.Console, signals.Token);
            if (answer.StartsWith("detach", StringComparison.Ordinal))
            {
                throw await LeaveAsync("detached");
            }

            if (answer.StartsWith("stop", StringComparison.Ordinal))
            {
                await stopper.StopAsync(call.Run.CurrentAttempt!.JobName, signals.Token);
                await call.Session.UpdateAsync("launch.stop_requested", run => run, null, CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            throw await LeaveAsync("detached");
        }
    }

    private Task RecordAsync(AttemptRecord attempt, CancellationToken cancellationToken) => call.Session.UpdateAsync(
        attempt.Outcome is not null ? "job.ended"
            : JobState.Count(attempt, InterruptionCause.InternalError) > JobState.Count(call.Run.CurrentAttempt!, InterruptionCause.InternalError) ? "job.retried" : "job.status",
        run => run.WithSeenAttempt(attempt with { Progress = _progress ?? run.CurrentAttempt!.Progress, Stall = run.CurrentAttempt!.Stall }),
        new { attempt.JobName, attempt.Status, attempt.SecondaryStatus, attempt.Outcome },
        cancellationToken);

    // The receipt of an open run says how its job gets on. Leaving never fails for it.
    private async Task<PipelineException> LeaveAsync(string why)
    {
        try
        {
            if (_progress is { } progress)
            {
                await call.Session.UpdateAsync("job.left", run => run.WithCurrentAttempt(run.CurrentAttempt! with { Progress = progress }), new { progress.State, progress.CheckpointStep }, CancellationToken.None);
            }
        }
        catch (PipelineException)
        {
            // The job runs on all the same.
        }

        return new(
            TrainingErrors.StillRunning,
            $"{call.Run.CurrentAttempt!.JobName} is still running ({why}). Follow it again or stop it with:\n  {call.Hints.For("Launch", $"--run={call.Run.RunId}")}\n  {call.Hints.For("Stop", $"--run={call.Run.RunId}")}");
    }
}
