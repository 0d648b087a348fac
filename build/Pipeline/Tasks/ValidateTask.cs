using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Validates a run against its evidence in S3.</summary>
[TaskName("Validate")]
[TaskDescription("Validates a run against its evidence in S3.")]
public sealed class ValidateTask(RunValidation validation, RunSession session) : StepTask(RunStep.Validate, session)
{
    /// <inheritdoc/>
    protected override Task TakeAsync(CancellationToken cancellationToken) => validation.RunAsync(cancellationToken);
}
