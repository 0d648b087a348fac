using BuildPipeline.Costing;
using BuildPipeline.Hosting;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Stages;

/// <summary>Keeps a deadline: moves the run's job to on-demand while there is still time, and never two jobs at once.</summary>
public sealed class MarketMover(
    PipelineOptions options,
    RunSession session,
    EnvironmentAccess access,
    JobStopper stopper,
    Launcher launcher,
    IAnsiConsole console,
    TimeProvider time)
{
    // Capacity, image and data; measured by the run itself from its first start on.
    private static readonly TimeSpan ExpectedRestart = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan ExpectedRestartInSandbox = TimeSpan.FromSeconds(3);

    /// <summary>What watches the deadline of the run's newest job; null where there is none, or nothing to move.</summary>
    public DeadlineWatch? Watch()
    {
        var run = session.Run;
        if (run.DeadlineAt is not { } deadline || run.CurrentAttempt?.Market != Market.Spot)
        {
            return null;
        }

        var connection = access.Connection;
        return new DeadlineWatch(
            MarketPolicies.Create(options.Policy, SafetyNet.Measured),
            new DeadlineTerms(
                run.Attempts[0].IntentAt,
                deadline,
                TimeSpan.FromSeconds(run.Job!.ExpectedRuntimeSeconds ?? run.Job.MaxRuntimeSeconds),
                connection.IsSandbox ? ExpectedRestartInSandbox : ExpectedRestart,
                1 - JobEnvelope.ExpectedDiscount(run.Cost!.Prices, run.JobOf(run.CurrentAttempt).InstanceType),
                Pacing.For(connection).Poll));
    }

    /// <summary>True when the job has to move now; the decision is recorded before anything is stopped.</summary>
    public bool IsDue(DeadlineWatch watch, JobProgress progress)
    {
        var attempt = session.Run.CurrentAttempt!;
        var look = new JobLook(
            time.GetUtcNow(),
            attempt.Market,
            progress.SecondaryStatus is "Downloading" or "Training" or "Uploading",
            progress.Step,
            progress.TotalSteps,
            progress.CheckpointStep);
        if (attempt.Outcome is not null || progress.SecondaryStatus is "Uploading" || watch.Observe(look) == attempt.Market)
        {
            return false;
        }

        session.Update(
            "launch.moving",
            run => run.WithCurrentAttempt(attempt with { MovingTo = Market.OnDemand, LastStep = progress.Step ?? attempt.LastStep }),
            new { To = Market.OnDemand, progress.Step, progress.CheckpointStep, Restart = watch.Restart, session.Run.DeadlineAt });
        return true;
    }

    /// <summary>Stops the job and waits for its end; its successor goes on from the last checkpoint.</summary>
    /// <exception cref="PipelineException">The job does not end, or the service does not answer.</exception>
    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        var attempt = session.Run.CurrentAttempt!;
        await stopper.StopAsync(attempt.JobName, cancellationToken);
        await console.WorkAsync($"stop {attempt.JobName}", () => stopper.WaitUntilEndedAsync(attempt.JobName, cancellationToken));
        var ended = await launcher.FindSubmittedAsync(session.Run, cancellationToken)
            ?? throw new PipelineException(ExitCode.Failed, $"The training job {attempt.JobName} does not exist any more: somebody deleted it.");
        if (ended.Outcome == OutcomeKind.Stopped)
        {
            ended = ended with { Outcome = OutcomeKind.Moved, OutcomeSentence = $"Moved to on-demand to be done by {session.Run.DeadlineAt:u}." };
        }

        session.Update("launch.moved", run => run.WithCurrentAttempt(ended), new { ended.JobName, ended.Outcome, ended.Cost });
        console.Done($"{ended.JobName}: {ended.OutcomeSentence}");
    }
}
