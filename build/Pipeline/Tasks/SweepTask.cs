using BuildPipeline.Approvals;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>What a target does with a sweep. The task runner gets this task in place of the target, which stays in the options.</summary>
[TaskName("Sweep")]
public sealed class SweepTask(PipelineCall call, SweepOpening opening, SweepPricing pricing, SweepApproving approving, SweepLaunch launch, SweepReport report, SweepStop stop)
    : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => call.Options.Target switch
    {
        "Status" => report.ShowAsync(call.Options.RunId!, context.Cancellation),
        "Stop" => stop.RunAsync(call.Options.RunId!, context.Cancellation),
        _ => DriveAsync(context.Cancellation),
    };

    private async Task DriveAsync(CancellationToken cancellationToken)
    {
        var found = await opening.OpenAsync(cancellationToken);
        using var lease = await opening.HoldAsync(found.SweepId, cancellationToken);
        try
        {
            if (call.Options.Target == "Resume" && found.Approval is null)
            {
                throw new PipelineException(ApprovalErrors.Missing, $"Sweep {found.SweepId} is not approved. Price and approve it with:\n  {call.Hints.For("Launch", $"--run={found.SweepId}")}");
            }

            var sweep = await pricing.RunAsync(found, cancellationToken);
            if (call.Options.Target != "CostGate")
            {
                sweep = await approving.RunAsync(sweep, cancellationToken);
            }

            if (call.Options.Target is "Launch" or "Resume")
            {
                await launch.RunAsync(sweep, lease, cancellationToken);
            }
        }
        finally
        {
            await lease.ReleaseAsync();
        }
    }
}
