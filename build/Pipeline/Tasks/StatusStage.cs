using BuildPipeline.Aws;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Shows the state of a run, with one look at its job.</summary>
public sealed class StatusStage(
    RunSession session, Launcher launcher, KeptManifests manifests, BudgetStage budget, CommandHints hints, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Shows the run; of the manifests that the bucket will purge it makes copies, and changes nothing else.</summary>
    /// <param name="offline">True to show the copy on this machine, without a look at the job.</param>
    public async Task RunAsync(bool offline, CancellationToken cancellationToken)
    {
        var run = session.Run;
        if (!offline && run.HasOpenJob && await launcher.FindSubmittedAsync(run, cancellationToken) is { } seen)
        {
            run = run.WithCurrentAttempt(seen);
            await KeepManifestsAsync(run, cancellationToken);
        }

        var next = run.State.IsClosed() ? null : hints.For("Launch", $"--run={run.RunId}");
        RunView.ShowStatus(console, run, next, time.GetUtcNow());
        if (!offline)
        {
            await budget.ShowAsync(cancellationToken);
        }
    }

    private async Task KeepManifestsAsync(RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            await manifests.SweepAsync(run, cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsFromAws(exception, cancellationToken))
        {
            console.Warn($"The checkpoint manifests could not be copied ({AwsErrors.Classify(exception)}). Following the run copies them too.");
        }
    }
}
