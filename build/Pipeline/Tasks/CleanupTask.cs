using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Stops running jobs and destroys the infrastructure; the artifacts are kept unless their bucket is named.</summary>
[TaskName("Cleanup")]
[TaskDescription("Stops running jobs and destroys the infrastructure; the artifacts are kept unless their bucket is named.")]
public sealed class CleanupTask(CleanupStage stage) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => stage.RunAsync(context.Cancellation);
}
