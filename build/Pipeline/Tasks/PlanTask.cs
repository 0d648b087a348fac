using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Runs terraform plan and saves the plan.</summary>
[TaskName("Plan")]
[TaskDescription("Runs terraform plan and saves the plan.")]
public sealed class PlanTask(PlanStage stage, RunSession session) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override bool ShouldRun(PipelineContext context) => context.ShouldRun(session, RunStep.Plan);

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => session.TakeAsync(RunStep.Plan, () => stage.RunAsync(context.Cancellation));
}
