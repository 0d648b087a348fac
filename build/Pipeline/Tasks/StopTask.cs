using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Stops the training job of a run; its checkpoints are kept.</summary>
[TaskName("Stop")]
[TaskDescription("Stops the training job of a run; its checkpoints are kept.")]
public sealed class StopTask(PipelineCall call, RunFinder finder, JobStopper stopper)
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
            await StopAllAsync(cancellationToken);
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
            call.Console.Done($"{attempt.JobName} is not running, so there is nothing to stop.{(run.IsOpen ? $" Finish the run with:\n  {call.Hints.For("Launch", $"--run={run.RunId}")}" : "")}");
            return;
        }

        await call.Session.NoteAsync("launch.stop_requested", new { attempt.JobName }, cancellationToken);
        call.Console.Done($"Asked SageMaker to stop {attempt.JobName}. The program has 120 s to save a checkpoint; that time is billed. Finish the run with:\n  {call.Hints.For("Launch", $"--run={run.RunId}")}");
    }

    // Every job under the environment's name, whatever run it belongs to. All are asked before one is waited for.
    private async Task StopAllAsync(CancellationToken cancellationToken)
    {
        var running = await finder.AppliedJobAsync(cancellationToken) is { } applied ? await stopper.ListRunningAsync(applied.Name, cancellationToken) : [];
        var failures = new List<PipelineException>();
        foreach (var job in running)
        {
            await TryAsync(job.Name, failures, () => stopper.StopAsync(job.Name, cancellationToken));
        }

        foreach (var job in running)
        {
            await TryAsync(job.Name, failures, async () =>
            {
                await call.Console.RunWithStatusAsync($"wait for the end of {job.Name}", () => stopper.WaitUntilEndedAsync(job.Name, cancellationToken));
                call.Console.Done($"Stopped {job.Name}.");
            });
        }

        if (failures.Count > 0)
        {
            throw new PipelineException(
                failures[0].Code, $"Not every job of environment {call.Options.Environment} was stopped: {string.Join(" ", failures.Select(failure => failure.Message).Distinct())}");
        }

        call.Console.Done($"{(running.Count == 0 ? "No" : "No further")} training job of environment {call.Options.Environment} is running.");
    }

    private async Task TryAsync(string jobName, List<PipelineException> failures, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (PipelineException exception)
        {
            call.Console.Warn($"{jobName}: {exception.Message}");
            failures.Add(exception);
        }
    }

    // A job that neither the folder nor the account has an open run for may still run, and cost.
    private async Task<PipelineException> NothingOpenAsync(CancellationToken cancellationToken)
    {
        var running = await finder.AppliedJobAsync(cancellationToken) is { } job ? await stopper.ListRunningAsync(job.Name, cancellationToken) : [];
        List<string> elsewhere =
        [
            .. running.Select(found => $"\n  # {found.Name}, {found.SecondaryStatus}\n  {call.Hints.For("Stop", $"--run={found.RunId}")}"),
            .. call.Session.Store.All().Where(run => run.IsOpen && run.Environment != call.Options.Environment)
                .Select(run => $"\n  # {run.CurrentAttempt!.JobName}, environment {run.Environment}\n  {call.Hints.For("Stop", $"--run={run.RunId}", $"--environment={run.Environment}")}"),
        ];
        var found = elsewhere.Count == 0 ? "" : $" These are open elsewhere:{string.Concat(elsewhere)}";
        return new(
            RunErrors.NothingOpen,
            $"No run of environment {call.Options.Environment} is open in {finder.Places}, so there is nothing to stop.{found}");
    }
}
