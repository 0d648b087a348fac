using BuildPipeline.Accounts;
using BuildPipeline.Freezes;
using BuildPipeline.Observability;
using BuildPipeline.Reporting;
using BuildPipeline.Terminal;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Shows the state of the open run or, when none is open, of the newest.</summary>
[TaskName("Status")]
[TaskDescription("Shows the state of the open run or, when none is open, of the newest.")]
public sealed class StatusTask(
    PipelineCall call, JobInspection inspection, BudgetReservation budget, RunContinuation continuation, RunTracking tracking, FreezeReport freezes, DocumentOutput output)
    : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => ShowAsync(context.Options.Offline, context.Cancellation);

    /// <summary>Shows the run; of the manifests that the bucket will purge it makes copies, tracking servers are brought up to date where nobody follows the run, and nothing else changes.</summary>
    /// <param name="offline">True to show the copy on this machine, without a request to the account.</param>
    public async Task ShowAsync(bool offline, CancellationToken cancellationToken)
    {
        var run = call.Run;
        IReadOnlyList<NodeUtilization> usage = [];
        if (!offline)
        {
            (run, usage) = await inspection.LookAsync(run, cancellationToken);
        }

        var frozen = offline ? FreezeReading.None : await freezes.ReadAsync(run, cancellationToken);
        var next = continuation.Command(run);
        if (call.Options.Json)
        {
            output.Write(StatusDocument.From(run, call.Session.StartedBy?.Machine, usage, frozen, next, call.Time.GetUtcNow()));
        }
        else
        {
            RunView.ShowStatus(call.Console, run, usage, frozen, next, call.Time.GetUtcNow());
        }

        if (!offline)
        {
            await ShowBudgetAsync(cancellationToken);
            await tracking.CatchUpAsync(run, cancellationToken);
        }
    }

    // Who may only stop a run sees it without its team's money.
    private async Task ShowBudgetAsync(CancellationToken cancellationToken)
    {
        try
        {
            await budget.ShowAsync(cancellationToken);
        }
        catch (PipelineException exception) when (exception.Code == AccountErrors.AccessDenied)
        {
            call.Console.Warn(exception.Message);
        }
    }
}
