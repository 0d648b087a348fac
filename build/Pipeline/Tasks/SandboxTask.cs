using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Runs the embedded AWS in the foreground for other clients.</summary>
[TaskName("Sandbox")]
[TaskDescription("Runs the embedded AWS in the foreground for other clients.")]
public sealed class SandboxTask(SandboxStage stage) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => stage.RunAsync(context.Cancellation);
}
