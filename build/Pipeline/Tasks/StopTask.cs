using BuildPipeline.Hosting;
using BuildPipeline.Stages;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Ends the training job of a run; its checkpoints stay.</summary>
[TaskName("Stop")]
[TaskDescription("Ends the training job of a run; its checkpoints stay.")]
public sealed class StopTask(Lazy<StopStage> stage) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => stage.Value.RunAsync(context.Cancellation);
}
