using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Writes the receipt of a run and posts it to GitHub.</summary>
[TaskName("Summary")]
[TaskDescription("Writes the receipt of a run and posts it to GitHub.")]
public sealed class SummaryTask(PipelineCall call, ReceiptPublication receipt, RunTracking tracking) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(PipelineContext context)
    {
        await receipt.RunAsync(context.Cancellation);
        await tracking.CatchUpAsync(call.Run, context.Cancellation);
    }
}
