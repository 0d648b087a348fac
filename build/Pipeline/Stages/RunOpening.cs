using System.Diagnostics;
using BuildPipeline.Hosting;
using BuildPipeline.Runs;
using Spectre.Console;

namespace BuildPipeline.Stages;

/// <summary>Opens the run that a target works on, before its first task.</summary>
public sealed class RunOpening(PipelineOptions options, RunSession session, EnvironmentAccess access, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Takes the lease, opens the run and starts the sandbox, each where the target needs it.</summary>
    /// <exception cref="PipelineException">Another process works on the environment (75), or the named run does not fit (2).</exception>
    public async Task OpenAsync(TargetUse use, CancellationToken cancellationToken)
    {
        if (use.Lease)
        {
            session.Hold(RunLease.Take(session.Store.RunsFolder, options.Environment, $"--target={options.Target}", time.GetUtcNow()));
        }

        if (use.Run != RunUse.None)
        {
            var (run, continued) = Choose(use.Run);
            session.Open(run, continued);
            console.MarkupLine($"Run [bold]{run.RunId}[/] in environment [bold]{run.Environment}[/]{(continued ? $", taken up at stage {run.Stage}" : "")}");
        }

        await access.OpenAsync(cancellationToken);
    }

    private (RunRecord Run, bool Continued) Choose(RunUse use)
    {
        if (options.RunId is { } named)
        {
            return (Named(named, use), true);
        }

        if (use == RunUse.Latest)
        {
            return (session.Store.LatestOf(options.Environment) ?? throw new PipelineException(
                ExitCode.BadConfiguration, $"Environment {options.Environment} has no run yet; start one with --target=Launch."), true);
        }

        return use == RunUse.OpenOrNew && session.Store.LatestOf(options.Environment) is { HasOpenJob: true } open
            ? (open, true)
            : (session.Store.Create(options.Environment, Commit()), false);
    }

    private RunRecord Named(string id, RunUse use)
    {
        var run = session.Store.Load(id);
        if (run.Environment != options.Environment)
        {
            throw new PipelineException(
                ExitCode.BadConfiguration, $"Run {run.RunId} belongs to environment {run.Environment}; add --environment={run.Environment}.");
        }

        return use != RunUse.Latest && run is { HasOpenJob: false, CurrentAttempt: { Outcome: not OutcomeKind.Completed } ended }
            ? throw new PipelineException(ExitCode.BadConfiguration, $"Run {run.RunId} has ended ({ended.OutcomeSentence}); start a new one without --run.")
            : run;
    }

    // In a checkout without git, or without a commit, the run simply has none.
    private string? Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", options.RepositoryRoot, "rev-parse", "HEAD"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            var commit = git!.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? commit : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
