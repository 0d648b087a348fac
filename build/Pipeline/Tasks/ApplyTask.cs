using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Applies exactly the saved plan that was approved.</summary>
[TaskName("Apply")]
[TaskDescription("Applies exactly the saved plan that was approved.")]
[IsDependentOn(typeof(ApproveTask))]
public sealed class ApplyTask(ApplyStage stage, RunSession session) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override bool ShouldRun(PipelineContext context) => context.ShouldRun(session, RunStep.Apply);

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => session.TakeAsync(RunStep.Apply, () => stage.RunAsync(context.Cancellation));
}
