using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using BuildPipeline.Terminal;
using Cake.Core;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Hosting;

/// <summary>Opens the run before the first task and closes it after the last one, also when a task fails.</summary>
/// <remarks>The task runner calls both in a dry run too, so a dry run is left alone here.</remarks>
public sealed class PipelineLifetime(
    RunSession session, ExitState exit, Lazy<RunOpening> opening, Lazy<RunClosing> closing, Lazy<EnvironmentLease> lease, Endings endings, IAnsiConsole console)
    : FrostingLifetime<PipelineContext>
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public override void Setup(PipelineContext context, ISetupContext info)
    {
        if (!context.Options.DryRun && TargetUse.Of(context.Options.Target) is { } use)
        {
            opening.Value.OpenAsync(use, context.Cancellation).GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    public override void Teardown(PipelineContext context, ITeardownContext info)
    {
        var failure = endings.Describe(info.ThrownException);
        exit.Code = failure?.ExitCode ?? exit.Code ?? ExitCode.Done;
        if (!context.Options.DryRun && session.Current is not null && TargetUse.Of(context.Options.Target) is { Summary: true })
        {
            var (code, error) = (exit.Code.Value, failure);
            Guard(() => Close(code, error), ref failure);
        }

        if (lease.IsValueCreated)
        {
            Guard(() => lease.Value.ReleaseAsync().GetAwaiter().GetResult(), ref failure);
        }

        Guard(session.Dispose, ref failure);
        if (failure is not null)
        {
            console.WriteLine();
            Say(failure);
        }
    }

    // A signal has asked for the end already: what is left to do is bounded instead.
    private void Close(ExitCode code, PipelineException? error)
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        closing.Value.CloseAsync(code, error, limit.Token).GetAwaiter().GetResult();
    }

    // What goes wrong at the end must not hide what went wrong before.
    private void Guard(Action close, ref PipelineException? failure)
    {
        try
        {
            close();
        }
        catch (Exception exception)
        {
            var second = endings.Describe(exception)!;
            failure = failure is null ? second : new PipelineException(failure.Code, $"{failure.Message}\nThe run could not be closed either: {second.MessageWithId}", failure);
            exit.Code = failure.ExitCode;
        }
    }

    // A job that is left running on request is no failure, although its exit code is not 0.
    private void Say(PipelineException failure)
    {
        if (failure.ExitCode != ExitCode.StillRunning)
        {
            console.Failed(failure.MessageWithId);
        }
        else if (session.Current is { HasOpenJob: true })
        {
            console.Running(failure.MessageWithId);
        }
        else
        {
            console.Warn(failure.MessageWithId);
        }
    }
}
