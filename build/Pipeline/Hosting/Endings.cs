using BuildPipeline.Accounts;
using BuildPipeline.Cli;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using BuildPipeline.Watching;
using Spectre.Console;

namespace BuildPipeline.Hosting;

/// <summary>Turns what a target has thrown into the sentence and the exit code that the user gets, and keeps the trace of what nobody expected.</summary>
public sealed class Endings(PipelineOptions options, ShutdownSignals signals, CommandHints hints, ExitCodeHolder exit, IAnsiConsole console)
{
    /// <summary>The exit code that was decided on.</summary>
    public ExitCodeHolder Exit => exit;

    /// <summary>How a target ended; null if it succeeded.</summary>
    /// <param name="exception">What it has thrown.</param>
    /// <param name="run">The run that it worked on; null if there is none.</param>
    /// <param name="connection">Where its clients connect to; null if no account is open.</param>
    public PipelineException? Describe(Exception? exception, RunRecord? run, AwsConnection? connection)
    {
        if (SignalEnd.IsOf(exception, signals))
        {
            return SignalEnd.Describe(exception!, signals.Name!, run, Again(run));
        }

        var failure = ExceptionTranslator.Describe(exception, connection);
        if (failure is not null && run is { ClosedAt: null } && CredentialEnd.IsOf(failure))
        {
            return CredentialEnd.Describe(failure, run, Again(run));
        }

        return failure is not null && ExceptionTranslator.IsUnexpected(failure) && KeepTrace(failure, run) is { } file
            ? new PipelineException(HostingErrors.Unexpected, $"{failure.Message} Details: {file}", failure)
            : failure;
    }

    /// <summary>Says it. A job that is left running on request is not a failure, although its exit code is not 0.</summary>
    public void Say(PipelineException failure, RunRecord? run)
    {
        console.WriteLine();
        if (failure.ExitCode != ExitCode.StillRunning)
        {
            console.Failed(failure.MessageWithId);
        }
        else if (run is { HasOpenJob: true })
        {
            console.Running(failure.MessageWithId);
        }
        else
        {
            console.Warn(failure.MessageWithId);
        }
    }

    /// <summary>The exit code of a failure, which is none where a job or a run was left running as asked and the caller accepts that.</summary>
    public ExitCode CodeOf(PipelineException failure) =>
        options.AcceptRunning && (failure.Code == TrainingErrors.StillRunning || failure.Code == WatchErrors.StillOpen) ? ExitCode.Done : failure.ExitCode;

    private string Again(RunRecord? run)
    {
        // What was approved need not be approved again; without a run, the target plans anew.
        var id = run is { HasOpenJob: true } or { ApplyStartedAt: not null } ? run.RunId : options.RunId;
        return hints.For(options.Target!, id is not null ? [$"--run={id}"] : options.SweepFile is { } sweep ? [$"--sweep={sweep}"] : []);
    }

    // Whatever hinders this must not hide the failure itself.
    private string? KeepTrace(PipelineException failure, RunRecord? run)
    {
        try
        {
            var file = new ArtifactsFolder(options.ArtifactsFolder).FileOf(run?.RunId ?? "", "error.log");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, $"{failure.InnerException}\n");
            return file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
