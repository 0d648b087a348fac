using BuildPipeline.Cli;
using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Opens the run that a target works on, before its first task.</summary>
public sealed class RunOpening(PipelineOptions options, RunSession session, EnvironmentAccess access, Lazy<EnvironmentLease> lease, Lazy<RunFinder> finder, CommandHints hints, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Takes the lease, starts the sandbox and opens the run, each where the target needs it.</summary>
    /// <exception cref="PipelineException">Another process works on the environment (75), or the run does not fit the target (2); or the run is closed, and this was its result.</exception>
    public async Task OpenAsync(TargetUse use, CancellationToken cancellationToken)
    {
        if (use.Lease != LeaseUse.None)
        {
            session.Hold(RunLease.Take(session.Store.RunsFolder, options.Environment, options.Target!, hints, time.GetUtcNow()));
        }

        await access.OpenAsync(cancellationToken);
        await AcquireAsync(use.Lease, cancellationToken);
        if (use.Run == RunUse.None)
        {
            return;
        }

        var mode = use.Lease == LeaseUse.Account ? FinderMode.Drive : use.Run == RunUse.Open ? FinderMode.Know : FinderMode.Look;
        var known = options.RunId is { } named ? await NamedAsync(named, mode, cancellationToken) : await UnnamedAsync(use, mode, cancellationToken);
        if (known is null && use.Run == RunUse.Open)
        {
            return;
        }

        if (known is { ClosedAt: null })
        {
            RecordedOptions.Require(known, options);
        }

        Begin(known ?? session.Store.Create(options.Environment, SourceCommit.Of(options.RepositoryRoot)), isNew: known is null, use);
    }

    private async Task AcquireAsync(LeaseUse use, CancellationToken cancellationToken)
    {
        if (use is LeaseUse.None or LeaseUse.Folder)
        {
            return;
        }

        var (acquired, other) = await lease.Value.AcquireAsync(options.Target!, takeOver: use == LeaseUse.TakeOver, cancellationToken);
        var holder = other is null ? "" : $"{other.Target} on {other.Machine} (process {other.Process.Id}, since {other.Since:u}, lease until {other.ExpiresAt:u})";
        if (!acquired)
        {
            throw new PipelineException(
                JournalErrors.InUse,
                $"Environment {options.Environment} is in use by {holder}. Wait for it to finish. Show its state or stop its job with:\n  {hints.For("Status")}\n  {hints.For("Stop")}");
        }

        if (other is not null)
        {
            console.Warn($"{options.Target} is taking over environment {options.Environment} from {holder}, which will stop.");
        }
    }

    private void Begin(RunRecord run, bool isNew, TargetUse use)
    {
        session.Open(run);
        var transition = RunTransitions.Of(options.Target!, run.State);
        RequireOwnStep(run, transition);
        session.Steps = transition.Steps;
        RequireApproval(run);
        console.MarkupLine($"Run [bold]{run.RunId}[/] in environment [bold]{run.Environment}[/]{(isNew ? "" : $", {run.State.InWords()}")}");
        if (transition.Steps.Count == 0)
        {
            ReportUnchanged(run, transition.Exit);
        }
        else if (use.Lease != LeaseUse.None && run.ClosedAt is null)
        {
            session.Store.Append(run.RunId, isNew ? "run.started" : "run.continued", new { run.Environment, options.Target, Environment.ProcessId });
        }
    }

    private async Task<RunRecord?> UnnamedAsync(TargetUse use, FinderMode mode, CancellationToken cancellationToken)
    {
        var open = use.Run == RunUse.New ? [] : await finder.Value.OpenAsync(mode, cancellationToken);
        CheckUnreadable(use);
        if (use.Run == RunUse.New)
        {
            return null;
        }

        var runs = session.Store.RunsOf(options.Environment).ToList();
        return RunSelection.Open(open, id => hints.For(options.Target!, $"--run={id}")) ?? use.Run switch
        {
            RunUse.OpenOrNew or RunUse.Open => null,
            RunUse.OpenOrLaunched => runs.Find(run => run.CurrentAttempt is not null) ?? throw None("launched run", runs),
            _ => runs.FirstOrDefault() ?? throw None("run", runs),
        };
    }

    // A run that cannot be read may have a job that bills, beside which nothing new may start. What only looks carries on with the others.
    private void CheckUnreadable(TargetUse use)
    {
        foreach (var run in session.Store.Unreadable().Where(run => run.MayBelongTo(options.Environment)))
        {
            var fact = $"{run.File} is not a readable run record: {run.Problem}";
            var remedy = $"Look for its copy in the account, or stop its job, with:\n  {hints.For("Status", $"--run={run.RunId}")}\n  {hints.For("Stop", $"--run={run.RunId}")}\nIf no job of the run is running, delete its folder.";
            if (use.MayStartSpending && run.MayBeOpen())
            {
                throw new PipelineException(
                    RunErrors.DoubtfulRun, $"{fact}\nRun {run.RunId} may be open and have a running job, so {options.Target} starts nothing without --run. {remedy}");
            }

            console.Warn($"{fact}\nRun {run.RunId} is ignored. {remedy}");
        }
    }

    private PipelineException None(string what, List<RunRecord> runs) => new(
        RunErrors.NoRun,
        $"Environment {options.Environment} has no {what} in {session.Store.RunsFolder} ({runs.Count} runs there). Start one with:\n  {hints.For("Launch")}");

    private Task<RunRecord> NamedAsync(string id, FinderMode mode, CancellationToken cancellationToken) => finder.Value.NamedAsync(
        id == RunStore.Newest ? (session.Store.RunsOf(options.Environment).FirstOrDefault() ?? throw None("run", [])).RunId : id, mode, cancellationToken);

    // --exclusive leaves out the steps before a target's own, which a run that lacks them cannot do without.
    private void RequireOwnStep(RunRecord run, Transition transition)
    {
        if (options.Exclusive && transition.Steps is [var first, ..] && first.ToString() != options.Target && run.State < RunState.Applied
            && !(first == RunStep.Approve && run.State == RunState.Approved))
        {
            throw new PipelineException(
                RunErrors.StepMissing,
                $"Run {run.RunId} is {run.State.InWords()}, and {options.Target} needs {first} first. Omit --exclusive:\n  {hints.For(options.Target!, $"--run={run.RunId}")}");
        }
    }

    // A run that was found by its job's name alone can only be shown and stopped.
    private void RequireApproval(RunRecord run)
    {
        if (run is { Approval: null, CurrentAttempt: { } attempt } && session.Steps is [RunStep.Launch or RunStep.Validate, ..])
        {
            throw new PipelineException(
                RunErrors.NoRecord, $"The job {attempt.JobName} exists, but the approval of its run is not recorded here or in the account. Stop it with:\n  {hints.For("Stop", $"--run={run.RunId}")}");
        }
    }

    private void ReportUnchanged(RunRecord run, ExitCode? exit)
    {
        switch (exit)
        {
            case ExitCode.Done:
                console.Done($"Nothing to do for {options.Target}: run {run.RunId} is already {run.State.InWords()}.");
                return;
            case null when run.State == RunState.ClosedValidated:
                console.Done($"Run {run.RunId} is finished and validated. Receipt:\n  {session.PathOf(RunFiles.Summary)}");
                return;
            case null:
                throw new PipelineException(
                    RunErrors.Finished with { ExitCode = run.ExitCode ?? ExitCode.Failed },
                    $"Run {run.RunId} is finished and did not succeed: {run.ErrorWithId ?? run.CurrentAttempt?.OutcomeSentence}\nReceipt:\n  {session.PathOf(RunFiles.Summary)}\nStart a new run with:\n  {hints.For("Launch")}");
            case ExitCode.StillRunning:
                throw new PipelineException(
                    TrainingErrors.EndNotRecorded,
                    $"The end of {run.CurrentAttempt!.JobName} is not recorded yet. Follow it with:\n  {hints.For("Launch", $"--run={run.RunId}")}");
            default:
                throw new PipelineException(
                    TrainingErrors.NoTrainingJob, $"Run {run.RunId} has no training job to validate. Launch it with:\n  {hints.For("Launch", $"--run={run.RunId}")}");
        }
    }
}
