using Amazon.SageMaker.Model;
using BuildPipeline.Aws;
using BuildPipeline.Costing;
using BuildPipeline.Hosting;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Stages;

/// <summary>Submits the job, or takes up the one that this run has submitted before, and follows it to its end.</summary>
public sealed class LaunchStage(
    PipelineOptions options,
    RunSession session,
    ApproveStage approval,
    BudgetStage budget,
    SubjectReader subjects,
    TrainingUploads uploads,
    Launcher launcher,
    Follower follower,
    JobStopper stopper,
    SandboxProcess sandbox,
    SummaryStage summary,
    IAnsiConsole console,
    TimeProvider time)
{
    /// <summary>Submits and follows.</summary>
    /// <exception cref="PipelineException">The job did not complete, or goes on without us (exit code 75).</exception>
    public async Task RunAsync()
    {
        using var interrupts = new Interrupts();
        if (session.Run.CurrentAttempt?.Outcome is null)
        {
            await using var reservation = budget.KeepReserved();
            await SubmitAsync(interrupts.Token);
            await FollowAsync(interrupts);
        }

        var attempt = session.Run.CurrentAttempt!;
        console.Done($"{attempt.JobName}: {attempt.OutcomeSentence}");
        if (attempt.Outcome != OutcomeKind.Completed)
        {
            throw new PipelineException(Outcomes.ExitCodeOf(attempt.Outcome!.Value), attempt.OutcomeSentence!);
        }
    }

    private async Task SubmitAsync(CancellationToken cancellationToken)
    {
        if (session.Run.CurrentAttempt is not null && await launcher.FindSubmittedAsync(session.Run, cancellationToken) is { } adopted)
        {
            session.Update("launch.adopted", run => run.WithCurrentAttempt(adopted), new { adopted.JobName });
            console.Done($"Found {adopted.JobName}, which this run has submitted before; following it.");
            return;
        }

        await approval.VerifyAsync(cancellationToken);
        var job = session.Run.Job!;
        var bundle = await SourceBundle.PackAsync(subjects.SourceFolder, cancellationToken);
        var data = await TrainingData.InspectAsync(job.TrainingDataUri, options.RepositoryRoot, cancellationToken);
        var channels = await console.WorkAsync(
            "upload sources and data", () => uploads.UploadAsync(job, bundle, data, cancellationToken));
        var attempt = session.Run.CurrentAttempt ?? NewAttempt(job);
        if (session.Run.Attempts.Count == 0)
        {
            session.Update("launch.intent", run => run with { Attempts = [attempt], Stage = RunStage.Launched }, new { attempt.JobName, attempt.MaxRuntimeSeconds });
        }

        var submitted = await SubmitOnceAsync(JobRequest.Build(job, session.Run, attempt, channels), attempt, cancellationToken);
        session.Update(submitted.Adopted ? "launch.adopted" : "launch.submitted", run => run.WithCurrentAttempt(submitted), new { submitted.JobName, submitted.JobArn });
        await summary.KeepRecordAsync(cancellationToken);
        console.Done($"Submitted {submitted.JobName}: {job.InstanceCount} x {job.InstanceType}, {(attempt.Market == Market.Spot ? "managed spot" : "on demand")}, at most {TimeSpan.FromSeconds(attempt.MaxRuntimeSeconds):g} of running time.");
    }

    // Where the service has refused for good there is no job, and the next launch must not look for one.
    private async Task<AttemptRecord> SubmitOnceAsync(CreateTrainingJobRequest request, AttemptRecord attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await WithSpotScheduleAsync(() => launcher.SubmitAsync(session.Run, request, cancellationToken), cancellationToken);
        }
        catch (PipelineException refusal) when (refusal.ExitCode is ExitCode.BadConfiguration or ExitCode.NoCapacity)
        {
            var outcome = refusal.ExitCode == ExitCode.NoCapacity ? OutcomeKind.Quota : OutcomeKind.Failed;
            session.Update(
                "launch.refused",
                run => run.WithCurrentAttempt(attempt with { Outcome = outcome, OutcomeSentence = refusal.Message, Cost = Usd.Zero }),
                new { refusal.Message });
            throw;
        }
    }

    private AttemptRecord NewAttempt(TrainingJobSpec job) => new()
    {
        Number = 1,
        JobName = JobRequest.NameOf(job, session.Run.RunId, number: 1),
        Market = job.UseSpotInstances ? Market.Spot : Market.OnDemand,
        IntentAt = time.GetUtcNow(),
        MaxRuntimeSeconds = (int)RuntimeBudget.MaxRuntime(session.Run.Approval!.Subject.Ceiling, session.Run.Cost!, job).TotalSeconds,
    };

    // The sandbox's schedule is for all jobs that come after it: this run's own must not reach the next one.
    private async Task<AttemptRecord> WithSpotScheduleAsync(Func<Task<AttemptRecord>> submit, CancellationToken cancellationToken)
    {
        if (!options.IsSandbox || options.Interruptions is null)
        {
            return await submit();
        }

        var before = await sandbox.InterruptionsAsync(cancellationToken);
        await sandbox.SetInterruptionsAsync(options.Interruptions, cancellationToken);
        try
        {
            return await submit();
        }
        finally
        {
            await sandbox.SetInterruptionsAsync(before, CancellationToken.None);
        }
    }

    private async Task FollowAsync(Interrupts interrupts)
    {
        if (options.Detach)
        {
            throw GoesOn("detached");
        }

        using var limit = options.Wait is { } wait ? new CancellationTokenSource(wait, time) : new CancellationTokenSource();
        while (true)
        {
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupts.Token, limit.Token);
                using var view = TrainingViews.Create(console);
                await follower.FollowAsync(session.Run, view.Show, RecordAsync, either.Token);
                return;
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                throw GoesOn($"--wait={options.Wait:g} is over");
            }
            catch (OperationCanceledException) when (interrupts.Count > 0)
            {
                await DetachOrStopAsync(interrupts);
            }
        }
    }

    // A second Ctrl-C while the question stands detaches: leaving must never need an answer.
    private async Task DetachOrStopAsync(Interrupts interrupts)
    {
        if (!console.IsLive())
        {
            throw GoesOn("detached by a signal");
        }

        interrupts.Rearm();
        try
        {
            var answer = await new SelectionPrompt<string>()
                .Title("The job goes on without this terminal. What now?")
                .AddChoices("detach: leave it running", "stop: end the job, its checkpoints stay", "go on watching")
                .ShowAsync(console, interrupts.Token);
            if (answer.StartsWith("detach", StringComparison.Ordinal))
            {
                throw GoesOn("detached");
            }

            if (answer.StartsWith("stop", StringComparison.Ordinal))
            {
                await stopper.StopAsync(session.Run.CurrentAttempt!.JobName, CancellationToken.None);
                session.Update("launch.stop_requested", run => run);
            }
        }
        catch (OperationCanceledException)
        {
            throw GoesOn("detached");
        }
    }

    private Task RecordAsync(AttemptRecord attempt, CancellationToken cancellationToken)
    {
        session.Update(
            attempt.Outcome is null ? "job.status" : "job.ended",
            run => run.WithCurrentAttempt(attempt) with { Stage = attempt.Outcome is null ? run.Stage : RunStage.Trained },
            new { attempt.JobName, attempt.Status, attempt.SecondaryStatus, attempt.Outcome });
        return Task.CompletedTask;
    }

    private PipelineException GoesOn(string why) => new(
        ExitCode.StillRunning,
        $"{session.Run.CurrentAttempt!.JobName} goes on ({why}); take it up again with --target=Launch --run={session.Run.RunId}, or end it with --target=Stop.");
}
