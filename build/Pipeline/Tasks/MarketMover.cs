using BuildPipeline.Accounts;
using BuildPipeline.Costing;
using BuildPipeline.Freezes;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Keeps a deadline: moves the run's job to on-demand while there is still time, back where time allows, and never two jobs at once.</summary>
public sealed class MarketMover(PipelineCall call, IAccount account, JobStopper stopper, Launcher launcher, SuccessorCheck successor, SpendGate gate)
{
    private static readonly SafetyNet Net = SafetyNet.Measured;

    // One for all jobs of a node option: what it has learned of the market and of the nodes holds for the next one too.
    private (int NodeOption, DeadlineMonitor? Watch)? _watch;

    // What a successor lacks it will lack at the next look too.
    private bool _refused;

    // Why a freeze holds the job back, as the log has it.
    private string? _frozen;

    /// <summary>What watches the deadline of the run's jobs; null if there is none, or nothing to move.</summary>
    public DeadlineMonitor? Watch()
    {
        if (_refused || call.Run.CurrentAttempt is not { } attempt)
        {
            return null;
        }

        if (_watch is not { } known || known.NodeOption != attempt.NodeOption)
        {
            _watch = known = (attempt.NodeOption, RunDeadline.Monitor(call.Run, account.PollingOptions));
        }

        return known.Watch;
    }

    /// <summary>True when the job has to move now; the decision is recorded before anything is stopped.</summary>
    public async Task<bool> ShouldMoveAsync(DeadlineMonitor watch, JobProgress progress, CancellationToken cancellationToken)
    {
        var attempt = call.Run.CurrentAttempt!;
        var look = new JobLook(
            call.Time.GetUtcNow(),
            attempt.Market,
            progress.SecondaryStatus is "Downloading" or "Training" or "Uploading",
            progress.Step,
            progress.TotalSteps,
            progress.CheckpointStep);
        if (attempt.Outcome is not null || progress.SecondaryStatus is "Uploading"
            || watch.Observe(look) is var market && (market == attempt.Market || (market == Market.Spot && !CanAfford(watch))))
        {
            return false;
        }

        if (await IsFrozenAsync(market, cancellationToken))
        {
            return false;
        }

        await call.Session.UpdateAsync(
            "launch.moving",
            run => run.WithCurrentAttempt(attempt with { MovingTo = market, LastStep = progress.Step ?? attempt.LastStep }),
            new { To = market, progress.Step, progress.CheckpointStep, Restart = watch.Restart, call.Run.DeadlineAt },
            cancellationToken);
        return true;
    }

    // A freeze can hold for days: the log has it once, and each look asks again.
    private async Task<bool> IsFrozenAsync(Market market, CancellationToken cancellationToken)
    {
        try
        {
            await gate.RequireOpenAsync(call.Run.Job!.Team, call.Run.RunId, cancellationToken, isFollowed: true);
            _frozen = null;
            return false;
        }
        catch (PipelineException refusal) when (FreezeErrors.IsRefusal(refusal.Code))
        {
            if (_frozen != refusal.Message)
            {
                await call.Session.NoteAsync("launch.move_frozen", new { To = market, refusal.Message }, cancellationToken);
                _frozen = refusal.Message;
            }

            return true;
        }
    }

    /// <summary>Stops the job and waits for its end; its successor resumes from the last checkpoint.</summary>
    /// <returns>False if the successor could not be submitted, so the job keeps running.</returns>
    /// <exception cref="PipelineException">The job does not end, or the service does not answer.</exception>
    public async Task<bool> MoveAsync(CancellationToken cancellationToken)
    {
        var attempt = call.Run.CurrentAttempt!;
        if (!await MayStopAsync(attempt, cancellationToken))
        {
            return false;
        }

        await stopper.StopAsync(attempt.JobName, cancellationToken);
        await call.Console.RunWithStatusAsync($"stop {attempt.JobName}", () => stopper.WaitUntilEndedAsync(attempt.JobName, askedAt: null, cancellationToken));
        var ended = await launcher.FindSubmittedAsync(call.Run, cancellationToken)
            ?? throw new PipelineException(TrainingErrors.JobDeleted, $"The training job {attempt.JobName} no longer exists; it was deleted.");
        if (ended.Outcome == OutcomeKind.Stopped)
        {
            var sentence = ended.MovingTo == Market.OnDemand
                ? $"Moved to on-demand to meet the deadline ({call.Run.DeadlineAt:u})."
                : $"Moved back to spot: capacity is probably available again and the deadline ({call.Run.DeadlineAt:u}) allows it.";
            ended = ended with { Outcome = OutcomeKind.Moved, OutcomeSentence = sentence };
        }

        // It may have ended by itself before it was stopped.
        await call.Session.UpdateAsync(
            ended.Outcome == OutcomeKind.Moved ? "launch.moved" : "job.ended",
            run => run.WithSeenAttempt(ended),
            new { ended.JobName, ended.Status, ended.SecondaryStatus, ended.Outcome, ended.Cost },
            CancellationToken.None);
        call.Console.Done($"{ended.JobName}: {ended.OutcomeSentence}");
        return true;
    }

    // Where an earlier process has stopped the job already, there is nothing left to hold back.
    private async Task<bool> MayStopAsync(AttemptRecord attempt, CancellationToken cancellationToken)
    {
        if (attempt.Status is not "InProgress" and not null)
        {
            return true;
        }

        try
        {
            await successor.RequireAsync(cancellationToken);
            return true;
        }
        catch (PipelineException refusal)
        {
            _refused = SuccessorCheck.IsFinal(refusal);
            await call.Session.UpdateAsync(
                "launch.move_refused",
                run => run.WithCurrentAttempt(run.CurrentAttempt! with { MovingTo = null }),
                new { To = attempt.MovingTo, refusal.Message },
                cancellationToken);
            call.Console.Warn($"{attempt.JobName} was not moved and keeps running: {refusal.MessageWithId}");
            return false;
        }
    }

    // Back on spot the job may be lost again, so what is left of the approved dollars must buy all of the rest on demand.
    private bool CanAfford(DeadlineMonitor watch)
    {
        var (run, attempt) = (call.Run, call.Run.CurrentAttempt!);
        if (AttemptRecord.CostOf(run.Attempts.SkipLast(1)) is not { } spent || run.Cost!.RateOf(attempt.NodeOption) is not { } rate)
        {
            return false;
        }

        var used = TimeSpan.FromHours((double)(spent.Amount / rate.Amount)) + (call.Time.GetUtcNow() - attempt.IntentAt) + CostEstimator.StopTime;
        var needed = (watch.Remaining * Net.WorkFactor) + (2 * Net.RestartFactor * watch.Restart) + (2 * CostEstimator.StopTime);
        return TimeSpan.FromSeconds(run.Job!.MaxRuntimeSeconds) - used >= needed;
    }
}
