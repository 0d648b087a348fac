using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Stages;

/// <summary>Shows where a run stands, with one look at its job.</summary>
public sealed class StatusStage(RunSession session, Lazy<Launcher> launcher, BudgetStage budget, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Shows the run; changes nothing.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var run = session.Run;
        if (run.HasOpenJob && await launcher.Value.FindSubmittedAsync(run, cancellationToken) is { } seen)
        {
            run = run.WithCurrentAttempt(seen);
        }

        RunView.ShowStatus(console, run, time.GetUtcNow());
        await budget.ShowAsync(cancellationToken);
    }
}
