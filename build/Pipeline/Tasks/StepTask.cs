using BuildPipeline.Runs;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>A task that takes one step of a run, where the run needs it. The task runner never skips the target itself: its task runs and does nothing.</summary>
/// <param name="step">The step; its name is that of the target.</param>
/// <param name="session">The run.</param>
public abstract class StepTask(RunStep step, RunSession session) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override bool ShouldRun(PipelineContext context) => context.Options.Target == step.ToString() || session.Needs(step);

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => session.Needs(step) ? TakeAsync(context.Cancellation) : Task.CompletedTask;

    /// <summary>Takes the step.</summary>
    protected abstract Task TakeAsync(CancellationToken cancellationToken);
}
