using BuildPipeline.Terminal;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Continues an open run, as Launch does; never plans or starts one.</summary>
[TaskName("Resume")]
[TaskDescription("Continues an open run from any machine: follows and validates its job. It plans nothing and starts no run.")]
public sealed class ResumeTask(PipelineCall call, LaunchTask launch) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override async Task RunAsync(PipelineContext context)
    {
        if (call.Session.Current is null)
        {
            call.Console.Done($"No run of environment {call.Options.Environment} is open, so there is nothing to resume.");
            return;
        }

        await launch.RunAsync(context);
    }
}
