using BuildPipeline.Accounts;
using BuildPipeline.Costing;
using BuildPipeline.Prices;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Keeps a deadline: moves the run's job to on-demand while there is still time, back where time allows, and never two jobs at once.</summary>
public sealed class MarketMover(
    RunSession session,
    IAccount account,
    JobStopper stopper,
    Launcher launcher,
    SuccessorCheck successor,
    IAnsiConsole console,
    TimeProvider time)
{
    private static readonly SafetyNet Net = SafetyNet.Measured;

    // One for all jobs of a rung: what it has learned of the market and of the nodes holds for the next one too.
    private (int Rung, DeadlineWatch Watch)? _watch;

    // What a successor lacks it will lack at the next look too.
    private bool _refused;

    /// <summary>What watches the deadline of the run's jobs; null where there is none, or nothing to move.</summary>
    public DeadlineWatch? Watch()
    {
        if (_refused || session.Run is not { DeadlineAt: { } deadline, CurrentAttempt: { } attempt } || !session.Run.JobOf(attempt).UseSpotInstances)
        {
            return null;
        }

        _watch = _watch is { } known && known.Rung == attempt.Rung ? known : (attempt.Rung, Create(deadline, attempt));
        return _watch.Value.Watch;
    }

    private DeadlineWatch Create(DateTimeOffset deadline, AttemptRecord attempt)
    {
        var (run, pacing) = (session.Run, account.Pacing);
        return new DeadlineWatch(
            MarketPolicies.Create(RecordedTerms.TermsOf(run).Policy, Net),
            Net,
            new DeadlineTerms(
                run.Attempts[0].IntentAt,
                deadline,
                TimeSpan.FromSeconds(run.Job!.ExpectedRuntimeSeconds ?? run.Job.MaxRuntimeSeconds),
                pacing.ExpectedRestart,
                pacing.ExpectedStop,
                1 - JobAssumptions.ExpectedDiscount(run.Cost!.Prices, run.JobOf(attempt).InstanceType),
                pacing.Poll,
                pacing.MarketSpeed));
    }

    /// <summary>True when the job has to move now; the decision is recorded before anything is stopped.</summary>
    public async Task<bool> IsDueAsync(DeadlineWatch watch, JobProgress progress, CancellationToken cancellationToken)
    {
        var attempt = session.Run.CurrentAttempt!;
        var look = new JobLook(
            time.GetUtcNow(),
            attempt.Market,
            progress.SecondaryStatus is "Downloading" or "Training" or "Uploading",
            progress.Step,
            progress.TotalSteps,
            progress.CheckpointStep);
        if (attempt.Outcome is not null || progress.SecondaryStatus is "Uploading"
            || watch.Observe(look) is var market && (market == attempt.Market || (market == Market.Spot && !Affords(watch))))
        {
            return false;
        }

        await session.UpdateAsync(
            "launch.moving",
            run => run.WithCurrentAttempt(attempt with { MovingTo = market, LastStep = progress.Step ?? attempt.LastStep }),
            new { To = market, progress.Step, progress.CheckpointStep, Restart = watch.Restart, session.Run.DeadlineAt },
            cancellationToken);
        return true;
    }

    /// <summary>Stops the job and waits for its end; its successor resumes from the last checkpoint.</summary>
    /// <returns>False where the successor could not be submitted, so that the job keeps running.</returns>
    /// <exception cref="PipelineException">The job does not end, or the service does not answer.</exception>
    public async Task<bool> MoveAsync(CancellationToken cancellationToken)
    {
        var attempt = session.Run.CurrentAttempt!;
        if (!await MayStopAsync(attempt, cancellationToken))
        {
            return false;
        }

        await stopper.StopAsync(attempt.JobName, cancellationToken);
        await console.WorkAsync($"stop {attempt.JobName}", () => stopper.WaitUntilEndedAsync(attempt.JobName, cancellationToken));
        var ended = await launcher.FindSubmittedAsync(session.Run, cancellationToken)
            ?? throw new PipelineException(TrainingErrors.JobDeleted, $"The training job {attempt.JobName} no longer exists; it was deleted.");
        if (ended.Outcome == OutcomeKind.Stopped)
        {
            var sentence = ended.MovingTo == Market.OnDemand
                ? $"Moved to on-demand to meet the deadline ({session.Run.DeadlineAt:u})."
                : $"Moved back to spot: capacity is probably available again and the deadline ({session.Run.DeadlineAt:u}) allows it.";
            ended = ended with { Outcome = OutcomeKind.Moved, OutcomeSentence = sentence };
        }

        // It may have ended by itself before it was stopped.
        await session.UpdateAsync(
            ended.Outcome == OutcomeKind.Moved ? "launch.moved" : "job.ended",
            run => run.WithSeenAttempt(ended),
            new { ended.JobName, ended.Status, ended.SecondaryStatus, ended.Outcome, ended.Cost },
            CancellationToken.None);
        console.Done($"{ended.JobName}: {ended.OutcomeSentence}");
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
            await session.UpdateAsync(
                "launch.move_refused",
                run => run.WithCurrentAttempt(run.CurrentAttempt! with { MovingTo = null }),
                new { To = attempt.MovingTo, refusal.Message },
                cancellationToken);
            console.Warn($"{attempt.JobName} was not moved and keeps running: {refusal.Message}");
            return false;
        }
    }

    // Back on spot the job may be lost again, so what is left of the approved dollars must buy all of the rest on demand.
    private bool Affords(DeadlineWatch watch)
    {
        var (run, attempt) = (session.Run, session.Run.CurrentAttempt!);
        if (AttemptRecord.CostOf(run.Attempts.SkipLast(1)) is not { } spent || run.Cost!.RateOf(attempt.Rung) is not { } rate)
        {
            return false;
        }

        var used = TimeSpan.FromHours((double)(spent.Amount / rate.Amount)) + (time.GetUtcNow() - attempt.IntentAt) + CostEstimator.StopGrace;
        var needed = (watch.Remaining * Net.WorkFactor) + (2 * Net.RestartFactor * watch.Restart) + (2 * CostEstimator.StopGrace);
        return TimeSpan.FromSeconds(run.Job!.MaxRuntimeSeconds) - used >= needed;
    }
}
