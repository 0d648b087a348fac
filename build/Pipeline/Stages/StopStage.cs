using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Stages;

/// <summary>Ends the job of a run; its checkpoints stay.</summary>
public sealed class StopStage(RunSession session, JobStopper stopper, IAnsiConsole console)
{
    /// <summary>Asks the service to stop the job.</summary>
    /// <exception cref="PipelineException">The run has no running job (exit code 2).</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (session.Run is not { CurrentAttempt: { Outcome: null } attempt })
        {
            throw new PipelineException(ExitCode.BadConfiguration, $"Run {session.Run.RunId} has no running job.");
        }

        await stopper.StopAsync(attempt.JobName, cancellationToken);
        session.Store.Append(session.Run.RunId, "launch.stop_requested", new { attempt.JobName });
        console.Done($"Asked SageMaker to stop {attempt.JobName}; the program has 120 s to save, and what runs until then is billed.");
    }
}
