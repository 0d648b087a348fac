using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Submits the job, or resumes the one that this run has submitted before, and follows it to its end; without capacity, on the next rung.</summary>
public sealed class LaunchStage(
    RunSession session, BudgetStage budget, JobSubmission submission, JobWatching watching, EnvironmentLease lease, ShutdownSignals signals, CommandHints hints, IAnsiConsole console)
{
    /// <summary>Submits and follows.</summary>
    /// <exception cref="PipelineException">The job did not complete, or is still running (exit code 75).</exception>
    public async Task RunAsync()
    {
        while (session.Run.CurrentAttempt is null || session.Run.HasOpenJob)
        {
            // Of each round anew: a signal that was answered with "keep watching" must not cancel the next job's submission.
            var cancellationToken = signals.Token;
            await using var reservation = budget.KeepReserved();
            await lease.EnsureHeldAsync(cancellationToken);
            await submission.RunAsync(cancellationToken);
            if (!session.Run.CurrentAttempt!.WasRefused())
            {
                await WatchAsync();
            }
        }

        var attempt = session.Run.CurrentAttempt!;
        if (attempt.Outcome == OutcomeKind.Completed)
        {
            console.Done($"{attempt.JobName}: {attempt.OutcomeSentence}");
        }

        if (Ladder.Exhausted(session.Run) is { } exhausted)
        {
            throw new PipelineException(TrainingErrors.OptionsExhausted, exhausted);
        }

        if (attempt.Outcome != OutcomeKind.Completed)
        {
            var log = attempt.Outcome == OutcomeKind.Failed ? $"\nShow its full log with:\n  {hints.For("Logs", $"--run={session.Run.RunId}")}" : "";
            throw new PipelineException(Outcomes.ErrorOf(attempt.Outcome!.Value), attempt.OutcomeSentence + log);
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await watching.RunAsync(signals, lease.Lost);
        }
        catch (OperationCanceledException)
        {
            lease.ThrowIfLost();
            throw;
        }
    }
}
