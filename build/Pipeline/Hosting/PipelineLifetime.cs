using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Stages;
using Cake.Core;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Hosting;

/// <summary>Opens the run before the first task and closes it after the last one, also when a task fails.</summary>
/// <remarks>The task runner calls both in a dry run too, so a dry run is left alone here.</remarks>
public sealed class PipelineLifetime(
    RunSession session, ExitState exit, Lazy<RunOpening> opening, Lazy<RunClosing> closing, EnvironmentAccess access, IAnsiConsole console)
    : FrostingLifetime<PipelineContext>
{
    /// <inheritdoc/>
    public override void Setup(PipelineContext context, ISetupContext info)
    {
        if (!context.Options.DryRun && TargetUse.Of(context.Options.Target) is { } use)
        {
            opening.Value.OpenAsync(use, CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    public override void Teardown(PipelineContext context, ITeardownContext info)
    {
        var failure = Failures.Describe(info.ThrownException, access.Connection);
        exit.Code = failure?.ExitCode ?? ExitCode.Done;
        if (!context.Options.DryRun && session.Current is not null && TargetUse.Of(context.Options.Target) is { Summary: true })
        {
            closing.Value.CloseAsync(exit.Code.Value, failure?.Message, CancellationToken.None).GetAwaiter().GetResult();
        }

        if (failure is not null)
        {
            console.WriteLine();
            console.Failed(failure.Message);
        }

        session.Dispose();
    }
}
