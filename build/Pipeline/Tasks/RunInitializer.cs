using BuildPipeline.Accounts;
using BuildPipeline.Cli;
using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Opens the run that a target works on, before its first task.</summary>
public sealed class RunInitializer(PipelineOptions options, RunSession session, RunHold hold, RunFinder finder, JobAdoption adoption, CommandHints hints, IAnsiConsole console)
{
    /// <summary>Opens the run and takes hold of it, each where the target needs it.</summary>
    /// <param name="use">What the target needs.</param>
    /// <param name="require">Refuses what must not start; asked with the run that exists, or null for a new one, before anything of it is recorded.</param>
    /// <exception cref="PipelineException">Another process drives the run (75), or the run does not fit the target (2); or the run is closed, and this was its result.</exception>
    public async Task OpenAsync(TargetRequirements use, Func<RunRecord?, Task> require, CancellationToken cancellationToken)
    {
        if (use.Run == RunRequirement.None)
        {
            return;
        }

        var needsLog = use.Lease != LeaseRequirement.None || use.Run == RunRequirement.Open;
        var known = options.Adopt is { } job ? await adoption.FindAsync(job, needsLog, cancellationToken)
            : options.RunId is { } named ? await NamedAsync(named, needsLog, cancellationToken)
            : await UnnamedAsync(use, needsLog, cancellationToken);
        if (known is null && use.Run == RunRequirement.Open)
        {
            return;
        }

        // Of two launches that begin a job at once, the second has to find the run of the first: so the search and the begin of a run are one turn.
        await using var turn = known is null && use.Run == RunRequirement.OpenOrNew ? await hold.TakeEnvironmentAsync(cancellationToken) : null;
        known = turn is null ? known : await UnnamedAsync(use, needsLog, cancellationToken);
        await require(known);
        await BeginAsync(known, use, needsLog, cancellationToken);
    }

    private async Task BeginAsync(RunRecord? known, TargetRequirements use, bool needsLog, CancellationToken cancellationToken)
    {
        var run = known ?? session.Store.Create(options.Environment, SourceCommit.Read(options.RepositoryRoot), options.JobFile);
        Func<long, Task<long?>>? acquire = IsDriven(known, use)
            ? above => hold.AcquireAsync(run.RunId, use.Lease == LeaseRequirement.Required, above, cancellationToken)
            : null;
        var journal = await finder.OpenLogAsync(run.RunId, acquire, needsLog, cancellationToken);
        run = journal is { IsEmpty: false } ? journal.Record : run;
        RequireDrivable(run, use);
        if (known is not null && run.ClosedAt is null)
        {
            await RecordedOptions.RequireAsync(run, options, hints, job => finder.IsRunningAsync(job, cancellationToken));
        }

        RequireObserved(run);
        session.Open(run, journal);
        var transition = RunTransitions.Find(options.Target!, run.State);
        RequireOwnStep(run, transition);
        session.Steps = transition.Steps;
        if (options.Target != "Stop")
        {
            await GetFilesAsync(run, cancellationToken);
        }

        // Status asks the service, and shows the state that follows from its answer.
        if (transition.Steps is not [RunStep.Status])
        {
            console.MarkupLine($"Run [bold]{run.RunId}[/] in environment [bold]{run.Environment}[/]{(known is null ? "" : $", {RunStates.InWords(run)}")}");
        }

        if (transition.Steps.Count == 0)
        {
            ReportUnchanged(run, transition.Exit);
        }
        else if (acquire is not null && run.ClosedAt is null)
        {
            await BeginAsync(journal, isNew: known is null, use, cancellationToken);
        }
    }

    // A run that the target does not change can be in another process's hands.
    private bool IsDriven(RunRecord? known, TargetRequirements use) => use.Lease != LeaseRequirement.None
        && (known is null || (known.ClosedAt is null && RunTransitions.Find(options.Target!, known.State).Steps.Count > 0));

    // Who only plans, as the role of a pull request, needs no right to write the logs that a launch relies on.
    private async Task BeginAsync(RunJournal? journal, bool isNew, TargetRequirements use, CancellationToken cancellationToken)
    {
        var adopted = session.Run.Adopted is { } job ? new { session.Run.CurrentAttempt!.JobName, job.Ceiling, ApprovedHere = false } : null;
        var detail = new { options.Target, options.Environment, Environment.ProcessId, Adopted = adopted };
        try
        {
            await session.BeginAsync(isNew, detail, cancellationToken);
        }
        catch (PipelineException exception) when (use.Lease == LeaseRequirement.Optional && journal is { IsEmpty: true } && exception.Code == AccountErrors.AccessDenied)
        {
            console.Warn($"Run {session.Run.RunId} is recorded in {session.Store.RunsFolder} only. {exception.Message}");
            session.Open(session.Run, await finder.OpenHereAsync(session.Run.RunId, cancellationToken));
            await session.BeginAsync(isNew, detail, cancellationToken);
        }

        if (isNew)
        {
            session.Store.SetLatest(session.Run.RunId);
        }
    }

    // A newer version may have recorded what this one would not take into account.
    private void RequireDrivable(RunRecord run, TargetRequirements use)
    {
        if (!run.IsNewer())
        {
            return;
        }

        var fact = $"A newer version of this program has written run {run.RunId} (schema version {run.SchemaVersion}; this version knows {RunRecord.CurrentSchema}).";
        if (use.Lease != LeaseRequirement.None)
        {
            throw new PipelineException(
                JournalErrors.NewerRun,
                $"{fact} This version can show and stop it, but not continue it. Update the checkout, or use:\n  {hints.For("Status", $"--run={run.RunId}")}\n  {hints.For("Stop", $"--run={run.RunId}")}");
        }

        console.Warn($"{fact} What this version does not know is not shown.");
    }

    // Nothing of an adopted job was approved, so nothing may follow on it.
    private void RequireObserved(RunRecord run)
    {
        if (run.Adopted is not null && options.Target is not ("Status" or "Summary" or "Validate" or "Logs"))
        {
            throw new PipelineException(
                TrainingErrors.NotAdoptable,
                $"Run {run.RunId} only observes {run.CurrentAttempt!.JobName}, which Terraform submitted. Use:\n  {hints.For("Validate", $"--adopt={run.CurrentAttempt.JobName}")}");
        }
    }

    // Another machine may have planned, or have closed the run. Until the first submission, the plan is what the approval is compared with.
    private async Task GetFilesAsync(RunRecord run, CancellationToken cancellationToken)
    {
        if (run.ClosedAt is not null)
        {
            await session.GetFileAsync(RunFiles.Summary, replace: true, cancellationToken);
            await session.GetFileAsync(RunFiles.Report, replace: true, cancellationToken);
        }
        else if (run is { Plan: not null, HasSubmitted: false })
        {
            await session.GetFileAsync(RunFiles.Plan, replace: false, cancellationToken);
            await session.GetFileAsync(RunFiles.ProviderLock, replace: false, cancellationToken);
        }
    }

    private async Task<RunRecord?> UnnamedAsync(TargetRequirements use, bool needsLog, CancellationToken cancellationToken)
    {
        var open = (await finder.OpenAsync(needsLog, cancellationToken)).Where(run => IsMeant(run, use)).ToList();
        if (use.Run == RunRequirement.New)
        {
            return null;
        }

        var runs = session.Store.RunsOf(options.Environment).Where(run => IsMeant(run, use)).ToList();
        if (open.Count == 0 && use.Run == RunRequirement.OpenOrNew)
        {
            await hold.RequireNoneInPreparationAsync(runs, cancellationToken);
            return null;
        }

        return RunSelection.Open(open, id => hints.For(options.Target!, $"--run={id}")) ?? use.Run switch
        {
            RunRequirement.Open => null,
            RunRequirement.OpenOrLaunched => runs.Find(run => run.CurrentAttempt is not null) ?? throw None("launched run"),
            _ => runs.FirstOrDefault() ?? throw None("run"),
        };
    }

    // A launch of a job is not one of another job, nor of a sweep's variant; other targets work on the runs of all jobs, unless one is named.
    private bool IsMeant(RunRecord run, TargetRequirements use) =>
        use.Run == RunRequirement.OpenOrNew ? run.JobFile == options.JobFile && run.Sweep is null : options.JobFile is null || run.JobFile == options.JobFile;

    private async Task<RunRecord> NamedAsync(string id, bool needsLog, CancellationToken cancellationToken)
    {
        var run = await finder.NamedAsync(id, needsLog, cancellationToken) ?? (id == RunStore.Newest ? throw None("run") : null);
        if (run is not null)
        {
            RequireMeant(run);
            return run;
        }

        var job = options.Offline ? null : await finder.FromJobAsync(id, cancellationToken);
        return job switch
        {
            null => throw new PipelineException(RunErrors.NoSuchRun, $"There is no run {id} in {finder.Places}, and SageMaker runs no job with its name. Omit --run to use the open run, or the newest."),
            _ when options.Target == "Stop" => job,
            _ => throw new PipelineException(
                RunErrors.NoRecord, $"The job {job.CurrentAttempt!.JobName} is running, but its run is not in {finder.Places}. Stop it with:\n  {hints.For("Stop", $"--run={id}")}"),
        };
    }

    private void RequireMeant(RunRecord run)
    {
        if (run.Environment != options.Environment)
        {
            throw new PipelineException(
                RunErrors.OtherEnvironment,
                $"Run {run.RunId} belongs to environment {run.Environment}. Use:\n  {hints.For(options.Target!, $"--run={run.RunId}", $"--environment={run.Environment}")}");
        }

        if (options.JobFile is { } job && job != run.JobFile)
        {
            throw new PipelineException(
                RunErrors.OtherJob,
                $"Run {run.RunId} is one of {(run.JobFile is { } other ? $"job {other}" : "the job of the environment's own file")}, not of job {job}. Use:\n  {hints.Without("job").For(options.Target!, $"--run={run.RunId}")}");
        }
    }

    private PipelineException None(string what) => new(
        RunErrors.NoRun, $"Environment {options.Environment} has no {what}{(options.JobFile is { } job ? $" of job {job}" : "")} in {(options.Offline ? session.Store.RunsFolder : finder.Places)}. Start one with:\n  {hints.For("Launch")}");

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

    private void ReportUnchanged(RunRecord run, ExitCode? exit)
    {
        switch (exit)
        {
            case ExitCode.Done:
                console.Done($"Nothing to do for {options.Target}: run {run.RunId} is already {RunStates.InWords(run)}.");
                return;
            case null when run.State == RunState.ClosedValidated:
                console.Done($"Run {run.RunId} is finished and validated. Receipt:\n  {session.PathOf(RunFiles.Summary)}");
                return;
            case null:
                var (error, again) = (run.ErrorWithId ?? run.CurrentAttempt?.OutcomeSentence, RunContinuation.NewRun(hints, run.JobFile));
                throw new PipelineException(
                    RunErrors.Finished with { ExitCode = run.ExitCode ?? ExitCode.Failed },
                    $"Run {run.RunId} is finished and did not succeed: {error}\nReceipt:\n  {session.PathOf(RunFiles.Summary)}{(error?.Contains(again, StringComparison.Ordinal) == true ? "" : $"\nStart a new run with:\n  {again}")}");
            case ExitCode.StillRunning:
                var job = run.CurrentAttempt!.JobName;
                throw new PipelineException(
                    TrainingErrors.EndNotRecorded,
                    run.Adopted is null
                        ? $"The end of {job} is not recorded yet. Follow it with:\n  {hints.For("Launch", $"--run={run.RunId}")}"
                        : $"{job} has not ended, so it cannot be validated yet. See its state with:\n  {hints.For("Status", $"--adopt={job}")}");
            default:
                throw new PipelineException(
                    TrainingErrors.NoTrainingJob, $"Run {run.RunId} has no training job, so there is nothing to {options.Target!.ToLowerInvariant()}. Launch it with:\n  {hints.For("Launch", $"--run={run.RunId}")}");
        }
    }
}
