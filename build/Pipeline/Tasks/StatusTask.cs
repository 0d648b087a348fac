using BuildPipeline.Aws;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using BuildPipeline.Training;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Shows the state of the open run or, when none is open, of the newest.</summary>
[TaskName("Status")]
[TaskDescription("Shows the state of the open run or, when none is open, of the newest.")]
public sealed class StatusTask(
    PipelineCall call, Launcher launcher, KeptManifests manifests, BudgetReservation budget)
    : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => ShowAsync(context.Options.Offline, context.Cancellation);

    /// <summary>Shows the run; of the manifests that the bucket will purge it makes copies, and changes nothing else.</summary>
    /// <param name="offline">True to show the copy on this machine, without a request to SageMaker.</param>
    public async Task ShowAsync(bool offline, CancellationToken cancellationToken)
    {
        var run = call.Run;
        if (!offline && run.HasOpenJob && await launcher.FindSubmittedAsync(run, cancellationToken) is { } seen)
        {
            run = run.WithCurrentAttempt(seen);
            await KeepManifestsAsync(run, cancellationToken);
        }

        // What was planned on another state cannot be applied any more; a launch without a run plans anew.
        var next = run.State.IsClosed() ? null
            : run.ErrorId == TerraformErrors.StalePlan.Id ? call.Hints.For("Launch")
            : call.Hints.For("Launch", $"--run={run.RunId}");
        RunView.ShowStatus(call.Console, run, next, call.Time.GetUtcNow());
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
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            call.Console.Warn($"The checkpoint manifests could not be copied ({AwsErrors.Classify(exception)}). Following the run copies them too.");
        }
    }
}
