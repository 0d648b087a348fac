using BuildPipeline.Reporting;
using BuildPipeline.Terminal;
using BuildPipeline.Watching;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Continues all open runs of the environment; never plans, approves or starts one.</summary>
[TaskName("Watch")]
[TaskDescription("Continues all open runs of the environment until none is open. It plans nothing and starts no run.")]
public sealed class WatchTask(PipelineCall call, EnvironmentWatch watch) : AsyncFrostingTask<PipelineContext>
{
    private const int StandardParallel = 4;
    private const int Named = 10;

    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => WatchAsync(context.Cancellation);

    /// <summary>Watches until no run is open, or for as long as <c>--for</c> says.</summary>
    /// <exception cref="PipelineException">Runs are still open (exit code 75), or the account cannot be reached.</exception>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var limit = call.Options.For is { } span ? new CancellationTokenSource(span, call.Time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var view = new WatchView(call.Console, call.Time, runId => call.Session.Store.PathOf(runId, ResumeProcess.Log));
        try
        {
            await watch.RunAsync(call.Options.Parallel ?? StandardParallel, view.Tell, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Judged by what is open.
        }
        catch (PipelineException failure) when (CredentialEnd.IsOf(failure))
        {
            throw CredentialEnd.Describe(failure, run: null, call.Hints.For("Watch"));
        }

        if (watch.Open is not { } open)
        {
            throw new PipelineException(
                WatchErrors.StillOpen, $"The watch ended before the runs of environment {call.Options.Environment} were read, so whether one is open is not known. Watch them again with:\n  {call.Hints.For("Watch")}");
        }

        if (open.Count > 0)
        {
            var others = open.Count > Named ? $" and {open.Count - Named} more" : "";
            throw new PipelineException(
                WatchErrors.StillOpen,
                $"{Counted.Format(open.Count, "run")} of environment {call.Options.Environment} {(open.Count == 1 ? "is" : "are")} open: {string.Join(", ", open.Take(Named))}{others}. Their jobs run on. Watch them again with:\n  {call.Hints.For("Watch")}");
        }

        call.Console.Done($"No run of environment {call.Options.Environment} is open{(view.Closed == 0 ? "" : $"; {Counted.Format(view.Closed, "run")} closed")}. Results:\n  {call.Hints.For("History")}");
    }
}
