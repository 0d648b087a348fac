using BuildPipeline.Runs;
using BuildPipeline.Tasks;

namespace BuildPipeline.Hosting;

/// <summary>What the user reads after a signal: what was done, what still runs, how to continue.</summary>
public static class SignalEnd
{
    /// <summary>True if a task ended because a signal asked for it.</summary>
    public static bool IsOf(Exception? exception, ShutdownSignals signals) =>
        signals.Count > 0 && Innermost(exception) is not (null or PipelineException);

    /// <summary>The end of a target by a signal.</summary>
    /// <param name="exception">As the task runner gives it.</param>
    /// <param name="signal">Name of the signal.</param>
    /// <param name="run">The run that the target worked on; null if there is none.</param>
    /// <param name="again">The command that continues.</param>
    public static PipelineException Describe(Exception exception, string signal, RunRecord? run, string again)
    {
        var cause = Innermost(exception)!;
        var done = cause is OperationCanceledException { InnerException: not null } ? $" {cause.Message}" : "";
        return run?.CurrentAttempt is { } attempt && run.HasOpenJob
            ? new(HostingErrors.InterruptedWatch, $"Interrupted by {signal}.{done} The training job {attempt.JobName} may be running and is billed while it runs. Continue with:\n  {again}", exception)
            : new(HostingErrors.Interrupted, $"Interrupted by {signal}.{done} No training job of this run is running. Continue with:\n  {again}", exception);
    }

    // The task runner wraps what a task throws.
    private static Exception? Innermost(Exception? exception) => exception switch
    {
        AggregateException { InnerException: { } inner } => Innermost(inner),
        Cake.Core.CakeException { InnerException: { } inner } => Innermost(inner),
        _ => exception,
    };
}
