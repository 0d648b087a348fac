using BuildPipeline.Aws;
using BuildPipeline.Stalls;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Notices that a run's job has stalled, records it once, and decides whether the job is restarted for it.</summary>
public sealed class StallWatch(PipelineCall call, JobSuccession succession, ServiceClock clock)
{
    /// <summary>True when the job has to be stopped and restarted now; the decision is recorded before anything is stopped.</summary>
    public async Task<bool> ShouldRestartAsync(JobProgress progress, CancellationToken cancellationToken)
    {
        var attempt = call.Run.CurrentAttempt!;
        if (attempt.Outcome is not null || progress.Verdict is not { } verdict)
        {
            return false;
        }

        if (verdict.State != ProgressState.Stalled)
        {
            await EndAsync(attempt, verdict, cancellationToken);
            return false;
        }

        if (!await IsConfirmedAsync(verdict, cancellationToken))
        {
            return false;
        }

        var decision = StallPolicy.Decide(call.Run.TermsWith().OnStall, call.Run.Attempts.SkipLast(1).Select(earlier => earlier.Stall), verdict.CheckpointStep);
        await NoteAsync(attempt, verdict, decision, cancellationToken);
        if (decision != StallDecision.Restart || succession.IsRefused || await succession.IsFrozenAsync(attempt.Market, cancellationToken))
        {
            return false;
        }

        await call.Session.UpdateAsync(
            "launch.restarting",
            run => run.WithCurrentAttempt(run.CurrentAttempt! with { MovingTo = attempt.Market, LastStep = progress.Step ?? attempt.LastStep, Stall = run.CurrentAttempt.Stall! with { Restarts = true } }),
            new { verdict.CheckpointStep, verdict.Cause, verdict.AtRiskSeconds },
            cancellationToken);
        return true;
    }

    // Checkpoints have AWS's time, and this machine's clock may be ahead of it.
    private async Task<bool> IsConfirmedAsync(ProgressVerdict verdict, CancellationToken cancellationToken)
    {
        try
        {
            return !(await clock.NowAsync(cancellationToken) < verdict.StalledAt);
        }
        catch (PipelineException)
        {
            return false;
        }
    }

    private async Task NoteAsync(AttemptRecord attempt, ProgressVerdict verdict, StallDecision decision, CancellationToken cancellationToken)
    {
        if (attempt.Stall is { EndedAt: null } known && known.CheckpointStep == verdict.CheckpointStep)
        {
            return;
        }

        var stall = new StallRecord(verdict.At, verdict.CheckpointStep, verdict.Cause, verdict.Why!);
        await call.Session.UpdateAsync(
            "job.stalled",
            run => run.WithCurrentAttempt(run.CurrentAttempt! with { Stall = stall, Progress = verdict }),
            new { attempt.JobName, verdict.CheckpointStep, verdict.Cause, verdict.DueSeconds, verdict.AtRiskSeconds, Decision = decision },
            cancellationToken);
    }

    private Task EndAsync(AttemptRecord attempt, ProgressVerdict verdict, CancellationToken cancellationToken) =>
        attempt.Stall is { EndedAt: null } stall && verdict.CheckpointStep != stall.CheckpointStep
            ? call.Session.UpdateAsync(
                "job.progressed",
                run => run.WithCurrentAttempt(run.CurrentAttempt! with { Stall = stall with { EndedAt = verdict.At }, Progress = verdict }),
                new { attempt.JobName, verdict.CheckpointStep },
                cancellationToken)
            : Task.CompletedTask;
}
