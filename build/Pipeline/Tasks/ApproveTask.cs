using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Gets approval for exactly this plan, job, source, price and amount.</summary>
[TaskName("Approve")]
[TaskDescription("Gets approval for exactly this plan, job, source, price and amount.")]
[IsDependentOn(typeof(CostGateTask))]
public sealed class ApproveTask(RunApproval approval, RunSession session) : StepTask(RunStep.Approve, session)
{
    /// <inheritdoc/>
    protected override Task TakeAsync(CancellationToken cancellationToken) => approval.RunAsync(cancellationToken);
}
