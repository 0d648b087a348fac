using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Writes the receipt of a run and posts it to GitHub.</summary>
[TaskName("Summary")]
[TaskDescription("Writes the receipt of a run and posts it to GitHub.")]
public sealed class SummaryTask(SummaryStage stage) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => stage.RunAsync(context.Cancellation);
}
