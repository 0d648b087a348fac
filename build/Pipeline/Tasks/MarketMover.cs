using BuildPipeline.Accounts;
using BuildPipeline.Costing;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Keeps a deadline: decides to move the run's job to on-demand while there is still time, and back where time allows.</summary>
public sealed class MarketMover(PipelineCall call, IAccount account, JobSuccession succession)
{
    private static readonly SafetyNet Net = SafetyNet.Measured;

    // One for all jobs of a node option: what it has learned of the market and of the nodes holds for the next one too.
    private (int NodeOption, DeadlineMonitor? Watch)? _watch;

    /// <summary>What watches the deadline of the run's jobs; null if there is none, or nothing to move.</summary>
    public DeadlineMonitor? Watch()
    {
        if (succession.IsRefused || call.Run.CurrentAttempt is not { } attempt)
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

        if (await succession.IsFrozenAsync(market, cancellationToken))
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
