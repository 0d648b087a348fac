using BuildPipeline.Accounts;
using BuildPipeline.Cli;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using BuildPipeline.Uploads;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Submits a run's job exactly once: what may exist is looked for first, what is intended is recorded before it is done.</summary>
public sealed class JobSubmission(
    PipelineOptions options,
    RunSession session,
    ApproveStage approval,
    SubjectReader subjects,
    TrainingUploads uploads,
    Launcher launcher,
    RungChoice rungs,
    NextInterval interval,
    IAccount account,
    EnvironmentLease lease,
    IAnsiConsole console,
    TimeProvider time)
{
    /// <summary>Takes up the job of a recorded intent, or submits it; one that is refused for a quota is recorded as such.</summary>
    /// <exception cref="PipelineException">The approval is void (4), the service refuses (2) or does not answer (1, 75), or the dollars are used up (3).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (session.Run.CurrentAttempt is { Outcome: null } && await launcher.FindSubmittedAsync(session.Run, cancellationToken) is { } adopted)
        {
            // Its end, if it has ended, is recorded by the watch, as of any other job.
            await session.UpdateAsync(
                "launch.adopted", run => run.WithCurrentAttempt(adopted with { Outcome = null, OutcomeSentence = null }), new { adopted.JobName, adopted.Status }, cancellationToken);
            console.Done($"{adopted.JobName} was already submitted by this run; resuming.");
            return;
        }

        try
        {
            await SubmitAsync(cancellationToken);
        }
        catch (PipelineException refusal) when (SuccessorCheck.IsFinal(refusal))
        {
            await CloseAttemptAsync(refusal);
            if (session.Run.CurrentAttempt?.Outcome != OutcomeKind.Quota)
            {
                throw;
            }
        }
    }

    private async Task SubmitAsync(CancellationToken cancellationToken)
    {
        await approval.VerifyAsync(cancellationToken);
        var channels = session.Run.HasSubmitted
            ? ApprovedChannels.Of(session.Run.Job!, session.Run.Approval!.Subject)
            : await UploadAsync(session.Run.Job!, cancellationToken);
        var attempt = session.Run.CurrentAttempt is { Outcome: null } intended ? intended : await RecordIntentAsync(cancellationToken);

        channels = await uploads.VerifyAsync(channels, cancellationToken);
        // An upload can take hours, and the environment may have been destroyed since.
        await lease.EnsureHeldAsync(cancellationToken);
        var nodes = session.Run.JobOf(attempt);
        var request = JobRequest.Build(nodes, session.Run, attempt, channels);
        AttemptRecord submitted;
        await using (await account.ScheduleInterruptionsAsync(options.Interruptions, cancellationToken))
        {
            submitted = await launcher.SubmitAsync(session.Run, request, cancellationToken);
        }

        await session.UpdateAsync(
            submitted.Adopted ? "launch.adopted" : "launch.submitted", run => run.WithCurrentAttempt(submitted), new { submitted.JobName, submitted.JobArn }, CancellationToken.None);
        console.Done($"Submitted {submitted.JobName}: {nodes.Nodes()}, {(attempt.Market == Market.Spot ? "managed spot" : "on-demand")}, maximum runtime {TimeSpan.FromSeconds(attempt.MaxRuntimeSeconds).InWords()}.");
    }

    private async Task<IReadOnlyList<InputChannel>> UploadAsync(TrainingJobSpec job, CancellationToken cancellationToken)
    {
        var content = await subjects.ReadContentAsync(job, cancellationToken);
        return await console.WorkAsync("upload sources and data", () => uploads.UploadAsync(job, content.Program, content.Data, cancellationToken));
    }

    // Where it was refused for good there is no job, and the next launch must not look for one, nor for a successor of the one before.
    private async Task CloseAttemptAsync(PipelineException refusal)
    {
        if (session.Run.CurrentAttempt is { } attempt)
        {
            var closed = attempt.Outcome is not null
                ? attempt with { Outcome = OutcomeKind.Failed, OutcomeSentence = $"{attempt.OutcomeSentence} Its successor was refused: {refusal.Message}" }
                : attempt with
                {
                    Outcome = refusal.ExitCode == ExitCode.NoCapacity ? OutcomeKind.Quota : OutcomeKind.Failed,
                    OutcomeSentence = refusal.Message,
                    Cost = Usd.Zero,
                };
            await session.UpdateAsync("launch.refused", run => run.WithCurrentAttempt(closed), new { refusal.Message }, CancellationToken.None);
        }
    }

    // A job that was moved, or got no capacity, has a successor, which may run for what the jobs before it have left of the approved dollars.
    private async Task<AttemptRecord> RecordIntentAsync(CancellationToken cancellationToken)
    {
        var rung = await rungs.ChooseAsync(cancellationToken);
        var run = session.Run;
        var job = run.Job!.Rungs()[rung - 1];
        var number = run.NextAttemptNumber;
        var left = SuccessorCheck.LeftOf(run, time.GetUtcNow());
        var attempt = new AttemptRecord
        {
            Number = number,
            JobName = JobNames.NameOf(job, run.RunId, number),
            Market = Ladder.NextMarket(run, job),
            Rung = rung,
            IntentAt = time.GetUtcNow(),
            MaxRuntimeSeconds = (int)RuntimeBudget.MaxRuntime(left, run.Cost!, job, rung).TotalSeconds,
        };
        attempt = attempt with { Checkpoints = await interval.ForAsync(job, attempt, cancellationToken) };
        TimeSpan? deadline = RecordedTerms.TermsOf(run).DeadlineHours is { } hours ? TimeSpan.FromHours(hours) : null;
        await session.UpdateAsync(
            "launch.intent",
            current => current with
            {
                Attempts = [.. current.Attempts, attempt],
                Stage = RunStage.Launched,
                DeadlineAt = current.DeadlineAt ?? (deadline is { } span ? attempt.IntentAt + span : null),
            },
            new { attempt.JobName, attempt.Rung, job.InstanceType, job.InstanceCount, attempt.Market, attempt.MaxRuntimeSeconds, attempt.Checkpoints },
            cancellationToken);
        return attempt;
    }
}
