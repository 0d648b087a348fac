using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Stages;

/// <summary>Shows the state of a run, with one look at its job.</summary>
public sealed class StatusStage(RunSession session, Lazy<Launcher> launcher, BudgetStage budget, CommandHints hints, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Shows the run; changes nothing.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var run = session.Run;
        if (run.HasOpenJob && await launcher.Value.FindSubmittedAsync(run, cancellationToken) is { } seen)
        {
            run = run.WithCurrentAttempt(seen);
        }

        var next = run.State.IsClosed() ? null : hints.For("Launch", $"--run={run.RunId}");
        RunView.ShowStatus(console, run, next, time.GetUtcNow());
        await budget.ShowAsync(cancellationToken);
    }
}
