using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Runs;
using BuildPipeline.Tasks;
using Cake.Core;
using Cake.Frosting;

namespace BuildPipeline.Hosting;

/// <summary>Opens the run before the first task and closes it after the last one, also when a task fails.</summary>
/// <remarks>The task runner calls both in a dry run too, so a dry run is left alone here.</remarks>
public sealed class PipelineLifetime(
    RunSession session, IAccount account, IAwsClients clients, RunOpening opening, RunClosing closing, RunHold hold, Endings endings)
    : FrostingLifetime<PipelineContext>
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public override void Setup(PipelineContext context, ISetupContext info)
    {
        if (!context.Options.DryRun && TargetRequirements.Find(context.Options) is { } use)
        {
            opening.OpenAsync(use, context.Cancellation).GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    public override void Teardown(PipelineContext context, ITeardownContext info)
    {
        var failure = Describe(info.ThrownException);
        endings.Exit.Code = failure?.ExitCode ?? endings.Exit.Code ?? ExitCode.Done;
        if (!context.Options.DryRun && session.Current is not null && TargetRequirements.Find(context.Options) is { Summary: true })
        {
            var (code, error) = (endings.Exit.Code.Value, failure);
            Guard(() => Close(code, error), ref failure);
        }

        Guard(() => hold.ReleaseAsync().GetAwaiter().GetResult(), ref failure);

        if (failure is not null)
        {
            endings.Say(failure, session.Current);
            endings.Exit.Code = endings.CodeOf(failure);
        }
    }

    private PipelineException? Describe(Exception? exception) => endings.Describe(exception, session.Current, account.IsOpen ? clients.Connection : null);

    // A signal has asked for the end already: what is left to do is bounded instead.
    private void Close(ExitCode code, PipelineException? error)
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        closing.CloseAsync(code, error, limit.Token).GetAwaiter().GetResult();
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
            var second = Describe(exception)!;
            failure = failure is null ? second : new PipelineException(failure.Code, $"{failure.Message}\nThe run could not be closed either: {second.MessageWithId}", failure);
            endings.Exit.Code = failure.ExitCode;
        }
    }
}
