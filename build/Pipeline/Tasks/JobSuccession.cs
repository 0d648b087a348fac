using BuildPipeline.Freezes;
using BuildPipeline.Spot;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Ends a run's job for a successor, which continues from its last checkpoint: never two jobs at once, and no stop for a successor that could not be submitted.</summary>
public sealed class JobSuccession(PipelineCall call, JobStopper stopper, Launcher launcher, SuccessorCheck successor, SpendGate gate)
{
    // Why a freeze holds the job back, as the log has it.
    private string? _frozen;

    /// <summary>True once a successor was refused for good: what it lacks it will lack at the next look too.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>True where a freeze forbids a successor. It can hold for days: the log has it once, and each look asks again.</summary>
    /// <param name="to">The market of the successor.</param>
    public async Task<bool> IsFrozenAsync(Market to, CancellationToken cancellationToken)
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
                await call.Session.NoteAsync("launch.move_frozen", new { To = to, refusal.Message }, cancellationToken);
                _frozen = refusal.Message;
            }

            return true;
        }
    }

    /// <summary>Stops the job as recorded and waits for its end; its successor resumes from the last checkpoint.</summary>
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
            ended = ended with { Outcome = OutcomeKind.Moved, OutcomeSentence = WhyStopped(ended, call.Run.DeadlineAt) };
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

    private static string WhyStopped(AttemptRecord ended, DateTimeOffset? deadlineAt) => ended switch
    {
        { Stall: { Restarts: true } stall } => $"Stopped after a stall, to continue from the checkpoint of step {stall.CheckpointStep}. {stall.Why}",
        { MovingTo: Market.OnDemand } => $"Moved to on-demand to meet the deadline ({deadlineAt:u}).",
        _ => $"Moved back to spot: capacity is probably available again and the deadline ({deadlineAt:u}) allows it.",
    };

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
            IsRefused = SuccessorCheck.IsFinal(refusal);
            await call.Session.UpdateAsync(
                "launch.move_refused",
                run => run.WithCurrentAttempt(run.CurrentAttempt! with { MovingTo = null, Stall = run.CurrentAttempt.Stall is { } stall ? stall with { Restarts = false } : null }),
                new { To = attempt.MovingTo, refusal.Message },
                cancellationToken);
            call.Console.Warn($"{attempt.JobName} was not stopped for a successor and keeps running: {refusal.MessageWithId}");
            return false;
        }
    }
}
