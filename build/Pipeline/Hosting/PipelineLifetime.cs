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
    RunSession session, ExitState exit, Lazy<RunOpening> opening, Lazy<SummaryStage> summary, IAnsiConsole console, TimeProvider time)
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
        var failure = Failures.Unwrap(info.ThrownException);
        exit.Code = failure is null ? ExitCode.Done : Failures.ExitCodeOf(failure);
        if (!context.Options.DryRun && session.Current is not null && TargetUse.Of(context.Options.Target) is { } use)
        {
            Close(use, failure);
        }

        if (failure is not null)
        {
            console.WriteLine();
            console.MarkupLine($"[red]✗[/] {Markup.Escape(Failures.Sentence(failure))}");
        }

        session.Dispose();
    }

    private void Close(TargetUse use, Exception? failure)
    {
        // A look at a run (Status, Stop, Summary) does not end it.
        if (use.Lease)
        {
            session.Update("run.closed", run => run with
            {
                EndedAt = exit.Code == ExitCode.StillRunning ? null : time.GetUtcNow(),
                ExitCode = exit.Code,
                Error = failure is null ? null : Failures.Sentence(failure),
            });
        }

        if (use.Summary)
        {
            summary.Value.RunAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
    }
}
