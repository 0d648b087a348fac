using BuildPipeline.Cli;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;

namespace BuildPipeline.Hosting;

/// <summary>Turns what a target has thrown into the sentence and the exit code that the user gets, and keeps the trace of what nobody expected.</summary>
public sealed class Endings(PipelineOptions options, RunSession session, EnvironmentAccess access, ShutdownSignals signals, CommandHints hints)
{
    /// <summary>How a target ended; null where it succeeded.</summary>
    public PipelineException? Describe(Exception? exception)
    {
        if (SignalEnd.IsOf(exception, signals))
        {
            return SignalEnd.Describe(exception!, signals.Name!, session.Current, Again());
        }

        var failure = Failures.Describe(exception, access.Connection);
        return failure is not null && Failures.IsUnexpected(failure) && KeepTrace(failure) is { } file
            ? new PipelineException(HostingErrors.Unexpected, $"{failure.Message} Details: {file}", failure)
            : failure;
    }

    private string Again()
    {
        var run = session.Current is { } current && current.HasOpenJob ? current.RunId : options.RunId;
        return hints.For(options.Target!, run is null ? [] : [$"--run={run}"]);
    }

    // Whatever hinders this must not hide the failure itself.
    private string? KeepTrace(PipelineException failure)
    {
        try
        {
            var file = session.Current is null ? Path.Combine(session.Store.RunsFolder, "error.log") : session.PathOf("error.log");
            File.WriteAllText(file, $"{failure.InnerException}\n");
            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
