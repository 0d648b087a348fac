using BuildPipeline.Cli;
using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Records how a target ended, and closes a run that has its result.</summary>
public sealed class RunClosing(PipelineOptions options, RunSession session, BudgetStage budget, SummaryStage summary, EnvironmentLease lease, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Records the end of the target. Of a run with a result it settles the ledger, writes the receipt and closes the run, in this order.</summary>
    /// <param name="code">The exit code of the target.</param>
    /// <param name="error">Its failure; null where it did not fail.</param>
    public async Task CloseAsync(ExitCode code, PipelineException? error, CancellationToken cancellationToken)
    {
        if (session.Steps.Count == 0 || session.Run.ClosedAt is not null || session.IsOvertaken)
        {
            return;
        }

        // Without S3 the run stays open, and the next launch closes it.
        if (!await lease.TryEnsureHeldAsync(cancellationToken))
        {
            console.Warn($"The end of {options.Target} could not be recorded, because S3 cannot be reached. The next launch of run {session.Run.RunId} records it.");
            await summary.RunAsync(cancellationToken);
            return;
        }

        var isSettled = await budget.CloseAsync(failed: code is not (ExitCode.Done or ExitCode.StillRunning), cancellationToken);
        var hasResult = HasResult(session.Run, code);
        await session.UpdateAsync(
            hasResult ? "run.ended" : "target.ended",
            run => run with { EndedAt = hasResult ? run.EndedAt ?? time.GetUtcNow() : null, ExitCode = code, ErrorId = error?.Code.Id, Error = error?.Message },
            new { options.Target, ExitCode = (int)code },
            cancellationToken);
        await summary.RunAsync(cancellationToken);
        if (hasResult && isSettled)
        {
            await session.PutFileAsync(RunFiles.Summary, cancellationToken);
            await session.UpdateAsync("run.closed", run => run with { ClosedAt = time.GetUtcNow() }, null, cancellationToken);
        }
    }

    // An interrupted target, or one that failed after the result was recorded, leaves the run open for the next launch.
    private static bool HasResult(RunRecord run, ExitCode code) => run.State switch
    {
        RunState.Judged => code == (run.Evidence!.Passed ? ExitCode.Done : ExitCode.ValidationFailed),
        RunState.Failed => code is not (ExitCode.Done or ExitCode.StillRunning),
        _ => false,
    };
}
