using BuildPipeline.Aws;
using BuildPipeline.Observability;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Shows the state of the open run or, when none is open, of the newest.</summary>
[TaskName("Status")]
[TaskDescription("Shows the state of the open run or, when none is open, of the newest.")]
public sealed class StatusTask(
    PipelineCall call, Launcher launcher, KeptManifests manifests, BudgetReservation budget, RunContinuation continuation, RunTracking tracking, UtilizationReader utilization)
    : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => ShowAsync(context.Options.Offline, context.Cancellation);

    /// <summary>Shows the run; of the manifests that the bucket will purge it makes copies, tracking servers are brought up to date where nobody follows the run, and nothing else changes.</summary>
    /// <param name="offline">True to show the copy on this machine, without a request to SageMaker.</param>
    public async Task ShowAsync(bool offline, CancellationToken cancellationToken)
    {
        var run = call.Run;
        IReadOnlyList<NodeUtilization> usage = [];
        if (!offline && run.HasOpenJob && await launcher.FindSubmittedAsync(run, cancellationToken) is { } seen)
        {
            run = run.WithCurrentAttempt(seen);
            await KeepManifestsAsync(run, cancellationToken);
            usage = await UsageAsync(run, seen, cancellationToken);
        }

        RunView.ShowStatus(call.Console, run, usage, await NextAsync(run, offline, cancellationToken), call.Time.GetUtcNow());
        if (!offline)
        {
            await budget.ShowAsync(cancellationToken);
            await tracking.CatchUpAsync(run, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<NodeUtilization>> UsageAsync(RunRecord run, AttemptRecord seen, CancellationToken cancellationToken)
    {
        try
        {
            var monitor = new UtilizationMonitor(utilization, run, TimeSpan.Zero, call.Time);
            await monitor.LookAsync(seen, cancellationToken);
            return monitor.Nodes;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            call.Console.Warn($"The metrics of the nodes could not be read ({AwsErrors.Classify(exception)}).");
            return [];
        }
    }

    // The copies on this machine can be shown where the bucket cannot be reached.
    private async Task<string?> NextAsync(RunRecord run, bool offline, CancellationToken cancellationToken)
    {
        try
        {
            return await continuation.CommandAsync(run, offline, cancellationToken);
        }
        catch (PipelineException) when (!offline)
        {
            return await continuation.CommandAsync(run, offline: true, cancellationToken);
        }
    }

    private async Task KeepManifestsAsync(RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            await manifests.SweepAsync(run, cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            call.Console.Warn($"The checkpoint manifests could not be copied ({AwsErrors.Classify(exception)}). Following the run copies them too.");
        }
    }
}
