using BuildPipeline.Hosting;
using BuildPipeline.Stages;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Shows where the newest run stands.</summary>
[TaskName("Status")]
[TaskDescription("Shows where the newest run stands.")]
public sealed class StatusTask(Lazy<StatusStage> stage) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => stage.Value.RunAsync(context.Cancellation);
}
