using BuildPipeline.History;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Writes the receipt of a run and posts it to GitHub.</summary>
[TaskName("Summary")]
[TaskDescription("Writes the receipt of a run and posts it to GitHub.")]
public sealed class SummaryTask(PipelineCall call, ReceiptPublication receipt, RunTracking tracking, EnvironmentHistory history) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(PipelineContext context)
    {
        var wasBehind = receipt.IsBehind;
        await receipt.RunAsync(context.Cancellation);
        await tracking.CatchUpAsync(call.Run, context.Cancellation);
        if (wasBehind && !receipt.IsBehind && call.Run.ClosedAt is not null)
        {
            await history.AddAsync(call.Run.RunId, unposted: false, context.Cancellation);
        }
    }
}
