using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Prices the planned run, refuses it when it is over its limit, and shows the digest to approve.</summary>
[TaskName("CostGate")]
[TaskDescription("Prices the planned run, refuses it when it is over its limit, and shows the digest to approve.")]
[IsDependentOn(typeof(PlanTask))]
public sealed class CostGateTask(CostGateStage stage, RunSession session) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override bool ShouldRun(PipelineContext context) => context.ShouldRun(session, RunStep.CostGate);

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => session.TakeAsync(RunStep.CostGate, () => stage.RunAsync(context.Cancellation));
}
