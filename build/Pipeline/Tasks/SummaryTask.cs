using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Writes the receipt of a run and posts it to GitHub.</summary>
[TaskName("Summary")]
[TaskDescription("Writes the receipt of a run and posts it to GitHub.")]
public sealed class SummaryTask(ReceiptPublication receipt) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => receipt.RunAsync(context.Cancellation);
}
