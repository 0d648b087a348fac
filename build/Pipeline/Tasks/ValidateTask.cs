using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Validates a run against its evidence in S3.</summary>
[TaskName("Validate")]
[TaskDescription("Validates a run against its evidence in S3.")]
public sealed class ValidateTask(RunValidation validation, RunSession session) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override bool ShouldRun(PipelineContext context) => context.ShouldRun(session, RunStep.Validate);

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => session.TakeAsync(RunStep.Validate, () => validation.RunAsync(context.Cancellation));
}
