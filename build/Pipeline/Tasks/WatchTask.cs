using BuildPipeline.Reporting;
using BuildPipeline.Terminal;
using BuildPipeline.Watching;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Continues all open runs of the environment; never plans, approves or starts one.</summary>
[TaskName("Watch")]
[TaskDescription("Continues all open runs of the environment until none is open. It plans nothing and starts no run.")]
public sealed class WatchTask(PipelineCall call, EnvironmentWatch watch, UnpostedRuns unposted) : AsyncFrostingTask<PipelineContext>
{
    private const int StandardParallel = 4;
    private const int MostNamed = 10;

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
            await unposted.PostAsync(either.Token);
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

        await unposted.PostAsync(cancellationToken);
        if (Remaining() is { } remaining)
        {
            throw remaining;
        }

        call.Console.Done($"No run of environment {call.Options.Environment} is open{(view.Closed == 0 ? "" : $"; {Counted.Format(view.Closed, "run")} closed")}. Results:\n  {call.Hints.For("History")}");
    }

    // What is open, or may be; null if nothing is.
    private PipelineException? Remaining() => watch switch
    {
        { Open: null } => new(
            WatchErrors.NotKnown,
            $"The watch ended before the runs of environment {call.Options.Environment} were read, so whether one is open is not known. Watch them again with:\n  {call.Hints.For("Watch")}"),
        { Open: { Count: > 0 } open } => new(
            WatchErrors.StillOpen,
            $"{Counted.Format(open.Count, "run")} of environment {call.Options.Environment} {(open.Count == 1 ? "is" : "are")} open: {Named(open)}. Their jobs run on. Watch them again with:\n  {call.Hints.For("Watch")}"),
        { Unreadable: { Count: > 0 } unreadable } => new(
            WatchErrors.NotKnown,
            $"Whether {Named([.. unreadable.Select(run => run.RunId)])} of environment {call.Options.Environment} is open is not known, because the log cannot be read. No other run is open. List the runs with:\n  {call.Hints.For("History")}"),
        _ => null,
    };

    private static string Named(IReadOnlyCollection<string> runs) =>
        string.Join(", ", runs.Take(MostNamed)) + (runs.Count > MostNamed ? $" and {runs.Count - MostNamed} more" : "");
}
