using BuildPipeline.Hosting;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Stages;

/// <summary>Stops the job of a run; its checkpoints stay.</summary>
public sealed class StopStage(PipelineOptions options, RunSession session, JobStopper stopper, CommandHints hints, IAnsiConsole console)
{
    /// <summary>Asks the service to stop the job; a run whose job has ended is left as it is.</summary>
    /// <exception cref="PipelineException">There is no job to stop (exit code 2); the message says where it was looked for.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (session.Current is not { } run)
        {
            throw NothingOpen();
        }

        if (run.CurrentAttempt is not { } attempt)
        {
            throw new PipelineException(ExitCode.BadConfiguration, $"Run {run.RunId} has submitted no job, so there is nothing to stop.");
        }

        if (!await console.WorkAsync($"stop {attempt.JobName}", () => stopper.StopAsync(attempt.JobName, cancellationToken)))
        {
            console.Done($"{attempt.JobName} is not running; there is nothing to stop.{(run.IsOpen ? $" Finish the run with:\n  {hints.For("Launch", $"--run={run.RunId}")}" : "")}");
            return;
        }

        session.Store.Append(run.RunId, "launch.stop_requested", new { attempt.JobName });
        console.Done($"Asked SageMaker to stop {attempt.JobName}. The program has 120 s to save a checkpoint; that time is billed.");
    }

    private PipelineException NothingOpen()
    {
        var elsewhere = session.Store.All().Where(run => run.IsOpen)
            .Select(run => $"\n  {hints.For("Stop", $"--run={run.RunId}", $"--environment={run.Environment}")}").ToList();
        return new(
            ExitCode.BadConfiguration,
            $"No run of environment {options.Environment} is open in {session.Store.RunsFolder}, so there is nothing to stop.{(elsewhere.Count == 0 ? "" : $" Open in other environments:{string.Concat(elsewhere)}")}");
    }
}
