using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>The whole path: plan, gate, approval, apply, then submit, follow and validate the job.</summary>
[TaskName("Launch")]
[TaskDescription("Plans, prices, approves and applies, then submits, follows and validates the training job.")]
[IsDependentOn(typeof(PlanTask))]
[IsDependentOn(typeof(CostGateTask))]
[IsDependentOn(typeof(ApproveTask))]
[IsDependentOn(typeof(ApplyTask))]
public sealed class LaunchTask(LaunchStage launch, ValidateStage validate, RunSession session) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => session.TakeAsync(RunStep.Launch, async () =>
    {
        await launch.RunAsync();
        await validate.RunAsync(context.Cancellation);
    });
}
