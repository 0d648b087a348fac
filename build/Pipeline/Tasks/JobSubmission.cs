using BuildPipeline.Accounts;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>Submits a run's job exactly once: what may exist is looked for first, what is intended is recorded before it is done.</summary>
public sealed class JobSubmission(
    PipelineCall call, IAccount account, RunApproval approval, JobUploads uploads, JobIntent intent, Launcher launcher, RunHold hold)
{
    /// <summary>Resumes the job of a recorded intent, or submits it; one that is refused for a quota is recorded as such.</summary>
    /// <exception cref="PipelineException">The approval is void (4), the service refuses (2) or does not answer (1, 75), or the dollars are used up (3).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (call.Run.CurrentAttempt is { Outcome: null } && await launcher.FindSubmittedAsync(call.Run, cancellationToken) is { } adopted)
        {
            // Its end, if it has ended, is recorded by the watch, as of any other job.
            await call.Session.UpdateAsync(
                "launch.adopted", run => run.WithCurrentAttempt(adopted with { Outcome = null, OutcomeSentence = null }), new { adopted.JobName, adopted.Status }, cancellationToken);
            call.Console.Done($"{adopted.JobName} was already submitted by this run; resuming.");
            return;
        }

        try
        {
            await SubmitAsync(cancellationToken);
        }
        catch (PipelineException refusal) when (SuccessorCheck.IsFinal(refusal))
        {
            await CloseAttemptAsync(refusal);
            if (call.Run.CurrentAttempt?.Outcome != OutcomeKind.Quota)
            {
                throw;
            }
        }
    }

    private async Task SubmitAsync(CancellationToken cancellationToken)
    {
        await approval.VerifyAsync(cancellationToken);
        var channels = await uploads.PrepareAsync(cancellationToken);
        var attempt = call.Run.CurrentAttempt is { Outcome: null } intended ? intended : await intent.RecordAsync(account.GitHub, cancellationToken);

        channels = await uploads.VerifyAsync(channels, cancellationToken);
        // An upload can take hours, and the environment may have been destroyed since.
        await hold.EnsureHeldAsync(cancellationToken);
        var nodes = call.Run.JobOf(attempt);
        var request = JobRequest.Build(nodes, call.Run, attempt, channels);
        AttemptRecord submitted;
        await using (await account.ScheduleInterruptionsAsync(call.Options.Interruptions, cancellationToken))
        {
            submitted = await launcher.SubmitAsync(call.Run, request, cancellationToken);
        }

        await call.Session.UpdateAsync(
            submitted.Adopted ? "launch.adopted" : "launch.submitted", run => run.WithCurrentAttempt(submitted), new { submitted.JobName, submitted.JobArn }, CancellationToken.None);
        call.Console.Done($"Submitted {submitted.JobName}: {nodes.Nodes()}, {(attempt.Market == Market.Spot ? "managed spot" : "on-demand")}, maximum runtime {TimeSpan.FromSeconds(attempt.MaxRuntimeSeconds).InWords()}.");
    }

    // Where it was refused for good there is no job, and the next launch must not look for one, nor for a successor of the one before.
    private async Task CloseAttemptAsync(PipelineException refusal)
    {
        if (call.Run.CurrentAttempt is { } attempt)
        {
            var closed = attempt.Outcome is not null
                ? attempt with { Outcome = OutcomeKind.Failed, OutcomeSentence = $"{attempt.OutcomeSentence} Its successor was refused: {refusal.Message}" }
                : attempt with
                {
                    Outcome = refusal.ExitCode == ExitCode.NoCapacity ? OutcomeKind.Quota : OutcomeKind.Failed,
                    OutcomeSentence = refusal.Message,
                    Cost = Usd.Zero,
                };
            await call.Session.UpdateAsync("launch.refused", run => run.WithCurrentAttempt(closed), new { refusal.Message }, CancellationToken.None);
        }
    }
}
