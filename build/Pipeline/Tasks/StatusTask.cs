using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Shows the state of the open run or, when none is open, of the newest.</summary>
[TaskName("Status")]
[TaskDescription("Shows the state of the open run or, when none is open, of the newest.")]
public sealed class StatusTask(StatusStage stage) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => stage.RunAsync(context.Options.Offline, context.Cancellation);
}
