using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Stops the training job of a run, or every job of the environment; their checkpoints are kept.</summary>
[TaskName("Stop")]
[TaskDescription("Stops the training job of a run; its checkpoints are kept.")]
public sealed class StopTask(PipelineCall call, RunFinder finder, AppliedState applied, JobStopper stopper, EnvironmentStop environment)
    : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => StopAsync(context.Cancellation);

    /// <summary>Asks the service to stop the job; a run whose job has ended is left as it is.</summary>
    /// <exception cref="PipelineException">There is no job to stop (exit code 2); the message says where it was looked for.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (call.Options.All)
        {
            await environment.RunAsync(cancellationToken);
            return;
        }

        if (call.Session.Current is not { } run)
        {
            throw await NothingOpenAsync(cancellationToken);
        }

        if (run.CurrentAttempt is not { } attempt)
        {
            throw new PipelineException(TrainingErrors.NoTrainingJob, $"Run {run.RunId} ({run.State.InWords()}) has no training job, and SageMaker has none with its name, so there is nothing to stop.");
        }

        if (!await call.Console.RunWithStatusAsync($"stop {attempt.JobName}", () => stopper.StopAsync(attempt.JobName, cancellationToken)))
        {
            call.Console.Done($"{attempt.JobName} is not running, so there is nothing to stop.{(run.IsOpen ? $" Finish the run with:\n  {call.Hints.As("launch").For("Launch", $"--run={run.RunId}")}" : "")}");
            return;
        }

        await call.Session.NoteAsync("launch.stop_requested", new { attempt.JobName }, cancellationToken);
        call.Console.Done($"Asked SageMaker to stop {attempt.JobName}. The program has 120 s to save a checkpoint; that time is billed. Finish the run with:\n  {call.Hints.As("launch").For("Launch", $"--run={run.RunId}")}");
    }

    // A job that neither the folder nor the account has an open run for may still run, and cost.
    private async Task<PipelineException> NothingOpenAsync(CancellationToken cancellationToken)
    {
        var running = await applied.JobAsync(cancellationToken) is { } job ? await stopper.ListRunningAsync(job.Name, cancellationToken) : [];
        List<string> elsewhere =
        [
            .. running.Select(found => $"\n  # {found.Name}, {found.SecondaryStatus}\n  {call.Hints.For("Stop", found.RunId is { } id ? $"--run={id}" : "--all")}"),
            .. call.Session.Store.All().Where(run => run.IsOpen && run.Environment != call.Options.Environment)
                .Select(run => $"\n  # {run.CurrentAttempt!.JobName}, environment {run.Environment}\n  {call.Hints.For("Stop", $"--run={run.RunId}", $"--environment={run.Environment}")}"),
        ];
        var found = elsewhere.Count == 0 ? "" : $" These are open elsewhere:{string.Concat(elsewhere)}";
        return new(
            RunErrors.NothingOpen,
            $"No run of environment {call.Options.Environment}{(call.Options.JobFile is { } name ? $", job {name}," : "")} is open in {finder.Places}, so there is nothing to stop.{found}");
    }
}
