using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>The whole path: plan, gate, approval, apply, then submit, follow and validate the job.</summary>
[TaskName("Launch")]
[TaskDescription("Plans, prices, approves and applies, then submits, follows and validates the training job.")]
[IsDependentOn(typeof(PlanTask))]
[IsDependentOn(typeof(CostGateTask))]
[IsDependentOn(typeof(ApproveTask))]
[IsDependentOn(typeof(ApplyTask))]
public sealed class LaunchTask(
    PipelineCall call, RunUpkeep upkeep, JobSubmission submission, JobFollowing following, RunHold hold, ShutdownSignals signals, RunValidation validation)
    : StepTask(RunStep.Launch, call.Session)
{
    /// <summary>Submits, follows and validates.</summary>
    /// <exception cref="PipelineException">The job did not complete, or is still running (exit code 75); or a check of the evidence does not hold (7).</exception>
    protected override async Task TakeAsync(CancellationToken cancellationToken)
    {
        await upkeep.DuringAsync(LaunchAsync, cancellationToken);
        // A signal may have been answered meanwhile, which cancels the token of the start.
        await validation.RunAsync(signals.Token);
    }

    private async Task LaunchAsync()
    {
        while (call.Run.CurrentAttempt is null || call.Run.HasOpenJob)
        {
            // Of each round anew: a signal that was answered with "keep watching" must not cancel the next job's submission.
            var cancellationToken = signals.Token;
            await hold.EnsureHeldAsync(cancellationToken);
            await submission.RunAsync(cancellationToken);
            if (!call.Run.CurrentAttempt!.GotNoCapacity())
            {
                await WatchAsync();
            }
        }

        var attempt = call.Run.CurrentAttempt!;
        if (attempt.Outcome == OutcomeKind.Completed)
        {
            call.Console.Done($"{attempt.JobName}: {attempt.OutcomeSentence}");
        }

        if (Fallbacks.ExhaustionMessage(call.Run) is { } exhausted)
        {
            throw new PipelineException(TrainingErrors.OptionsExhausted, exhausted);
        }

        if (attempt.Outcome != OutcomeKind.Completed)
        {
            throw JobFailure.Create(call.Hints, call.Run);
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await following.RunAsync(signals, hold.Lost);
        }
        catch (OperationCanceledException)
        {
            hold.ThrowIfLost();
            throw;
        }
    }
}
