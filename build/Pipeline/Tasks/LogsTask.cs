using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Shows the log of a run's training job.</summary>
[TaskName("Logs")]
[TaskDescription("Shows the log of a run's training job, running or ended.")]
public sealed class LogsTask(LogsStage stage) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => stage.RunAsync(context.Cancellation);
}
