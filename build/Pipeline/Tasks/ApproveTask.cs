using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Gets approval for exactly this plan, job, source, price and amount.</summary>
[TaskName("Approve")]
[TaskDescription("Gets approval for exactly this plan, job, source, price and amount.")]
[IsDependentOn(typeof(CostGateTask))]
public sealed class ApproveTask(RunApproval approval, RunSession session) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override bool ShouldRun(PipelineContext context) => context.ShouldRun(session, RunStep.Approve);

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => session.TakeAsync(RunStep.Approve, () => approval.RunAsync(context.Cancellation));
}
