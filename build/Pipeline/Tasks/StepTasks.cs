using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>Runs a task only where its run needs the step. The task runner never skips the target itself, so that one runs and does nothing.</summary>
public static class StepTasks
{
    /// <summary>True where the run needs the step, or the task is the target.</summary>
    public static bool ShouldRun(this PipelineContext context, RunSession session, RunStep step) =>
        context.Options.Target == step.ToString() || session.Needs(step);

    /// <summary>Takes the step where the run needs it.</summary>
    public static Task TakeAsync(this RunSession session, RunStep step, Func<Task> work) => session.Needs(step) ? work() : Task.CompletedTask;
}
