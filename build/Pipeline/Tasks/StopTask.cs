using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Stops the training job of a run; its checkpoints are kept.</summary>
[TaskName("Stop")]
[TaskDescription("Stops the training job of a run; its checkpoints are kept.")]
public sealed class StopTask(StopStage stage) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => stage.RunAsync(context.Cancellation);
}
