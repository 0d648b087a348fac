using BuildPipeline.Runs;
using BuildPipeline.Stages;
using Cake.Core;
using Cake.Frosting;
using Spectre.Console;

namespace BuildPipeline.Hosting;

/// <summary>Opens the run before the first task and closes it after the last one, also when a task fails.</summary>
/// <remarks>The task runner calls both in a dry run too, so a dry run is left alone here.</remarks>
public sealed class PipelineLifetime(
    RunSession session, ExitState exit, Lazy<RunOpening> opening, Lazy<SummaryStage> summary, Lazy<BudgetStage> budget, EnvironmentAccess access, IAnsiConsole console, TimeProvider time)
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
        if (!context.Options.DryRun && session.Current is not null && TargetUse.Of(context.Options.Target) is { } use)
        {
            Close(use, failure);
        }

        if (failure is not null)
        {
            console.WriteLine();
            console.MarkupLine($"[red]✗[/] {Markup.Escape(failure.Message)}");
        }

        session.Dispose();
    }

    private void Close(TargetUse use, PipelineException? failure)
    {
        // A look at a run (Status, Stop, Summary) does not end it.
        if (use.Lease)
        {
            budget.Value.CloseAsync(exit.Code is not (ExitCode.Done or ExitCode.StillRunning), CancellationToken.None).GetAwaiter().GetResult();
            session.Update("run.closed", run => run with
            {
                EndedAt = exit.Code == ExitCode.StillRunning ? null : time.GetUtcNow(),
                ExitCode = exit.Code,
                Error = failure?.Message,
            });
        }

        if (use.Summary)
        {
            summary.Value.RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
    }
}
