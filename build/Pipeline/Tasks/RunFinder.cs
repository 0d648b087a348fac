using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.History;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Terminal;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Finds runs in the log of the environment, and in the run folder those of older versions.</summary>
public sealed class RunFinder(
    PipelineOptions options, RunStore store, AppliedState applied, RunArchive archive, RunCopies copies, JobStopper stopper, IAnsiConsole console)
{
    /// <summary>Where runs are looked for.</summary>
    public string Places => $"{archive.Place} and {store.RunsFolder}";

    /// <summary>The open runs of the environment, wherever they were launched, the newest first.</summary>
    /// <param name="needsLog">True if the target cannot do without the log; otherwise the run folder is enough.</param>
    /// <exception cref="PipelineException">The log cannot be reached or read.</exception>
    public async Task<IReadOnlyList<RunRecord>> OpenAsync(bool needsLog, CancellationToken cancellationToken)
    {
        await RefreshAllAsync(needsLog, null, cancellationToken);
        return [.. store.RunsOf(options.Environment).Where(run => run is { IsOpen: true, Adopted: null })];
    }

    /// <summary>The runs of the environment that a process may drive.</summary>
    /// <exception cref="PipelineException">The bucket cannot be reached.</exception>
    public Task<IReadOnlyList<string>> DrivableAsync(CancellationToken cancellationToken) => copies.UnclosedAsync(cancellationToken);

    /// <summary>A run by its ID; null if there is none.</summary>
    /// <exception cref="PipelineException">The log cannot be reached or read.</exception>
    public async Task<RunRecord?> NamedAsync(string id, bool needsLog, CancellationToken cancellationToken)
    {
        if (id != RunStore.Newest && store.TryLoad(id) is { } known && known.Environment != options.Environment)
        {
            return known;
        }

        if (id == RunStore.Newest)
        {
            await RefreshAllAsync(needsLog, null, cancellationToken);
            return store.RunsOf(options.Environment).FirstOrDefault();
        }

        await RefreshAsync(needsLog, () => archive.RefreshAsync(id, cancellationToken));
        return store.TryLoad(id);
    }

    /// <summary>The run that has recorded a job; null if none has.</summary>
    /// <exception cref="PipelineException">The log cannot be reached or read.</exception>
    public async Task<RunRecord?> OfJobAsync(string jobName, bool needsLog, CancellationToken cancellationToken)
    {
        var runId = JobOrigin.Parse(jobName)?.RunId;
        await RefreshAllAsync(needsLog, entry => entry.TrainingJob == jobName || entry.RunId == runId, cancellationToken);
        return store.RunsOf(options.Environment).FirstOrDefault(run => run.CurrentAttempt?.JobName == jobName || (run.Adopted is null && run.Attempts.Any(attempt => attempt.JobName == jobName)));
    }

    /// <summary>A run of which nothing but its running job is left, which is enough to stop it; null if there is none.</summary>
    /// <exception cref="PipelineException">The account cannot be reached.</exception>
    public async Task<RunRecord?> FromJobAsync(string id, CancellationToken cancellationToken)
    {
        var job = await applied.JobAsync(cancellationToken);
        var running = job is null ? [] : await stopper.ListRunningAsync(job.Name, cancellationToken);
        return running.FirstOrDefault(found => found.RunId == id) is not { } found ? null : new RunRecord
        {
            RunId = id,
            Environment = options.Environment,
            StartedAt = found.CreatedAt ?? default,
            Job = job,
            Attempts = [new() { Number = 1, JobName = found.Name, Market = Market.Spot, IntentAt = found.CreatedAt ?? default, MaxRuntimeSeconds = job!.MaxRuntimeSeconds }],
        };
    }

    /// <summary>True if a training job exists and has not ended; null if the account does not tell.</summary>
    public async Task<bool?> IsRunningAsync(string jobName, CancellationToken cancellationToken)
    {
        try
        {
            return await stopper.IsRunningAsync(jobName, cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>Opens the log of a run; null if it cannot be reached and is not needed.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="acquire">Acquires the lease of the run, with a fencing number above the given one; null opens the log without a lease.</param>
    /// <param name="needsLog">True if the target cannot do without the log.</param>
    /// <exception cref="PipelineException">The log cannot be reached or read, or another process drives the run (exit code 75).</exception>
    public async Task<RunJournal?> OpenLogAsync(string runId, Func<long, Task<long?>>? acquire, bool needsLog, CancellationToken cancellationToken)
    {
        RunJournal? journal = null;
        await TryAsync(needsLog, async () => journal = await archive.OpenAsync(runId, acquire, cancellationToken));
        return journal;
    }

    /// <summary>Opens a log on this machine, for a run that may not be written to the bucket.</summary>
    public Task<RunJournal> OpenHereAsync(string runId, CancellationToken cancellationToken) => archive.OpenHereAsync(runId, cancellationToken);

    private Task RefreshAllAsync(bool needsLog, Func<HistoryEntry, bool>? also, CancellationToken cancellationToken) =>
        RefreshAsync(needsLog, () => copies.RefreshAsync(also, cancellationToken));

    private async Task RefreshAsync(bool needsLog, Func<Task> refresh)
    {
        await TryAsync(needsLog, () => needsLog ? console.RunWithStatusAsync("read the run logs", refresh) : refresh());
        foreach (var problem in store.Unreadable())
        {
            console.Warn($"{problem} The log has no such run, so it is ignored. If a job of the run is running, stop it. Then delete the folder.");
        }
    }

    private async Task TryAsync(bool needsLog, Func<Task> work)
    {
        if (options.Offline)
        {
            return;
        }

        try
        {
            await work();
        }
        catch (PipelineException exception) when (!needsLog)
        {
            console.Warn($"Only the copies in {store.RunsFolder} are shown: {exception.Message}");
        }
    }
}
