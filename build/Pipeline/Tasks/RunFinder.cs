using System.Text.Json.Nodes;
using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Jobs;
using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using BuildPipeline.Training;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Finds runs in the run folder and in the account, and their jobs by name.</summary>
public sealed class RunFinder(
    PipelineOptions options, RunStore store, EnvironmentAccess access, Lazy<S3Documents> documents, Lazy<OpenRunIndex> openRuns, CommandHints hints, IAnsiConsole console)
{
    /// <summary>Where open runs are looked for.</summary>
    public string Places => $"{store.RunsFolder} and {openRuns.Value.Place}";

    /// <summary>The open runs of the environment, wherever they were launched.</summary>
    /// <param name="mode">How the account is used.</param>
    /// <exception cref="PipelineException">The account cannot be reached, or a run that is open there cannot be continued (2).</exception>
    public async Task<IReadOnlyList<RunRecord>> OpenAsync(FinderMode mode, CancellationToken cancellationToken)
    {
        var local = store.RunsOf(options.Environment).ToDictionary(run => run.RunId);
        var listed = await TryAsync(mode, () => openRuns.Value.ListAsync(cancellationToken), []);
        var open = new List<RunRecord>();
        foreach (var run in local.Values.Where(run => run.IsOpen || listed.Any(entry => entry.RunId == run.RunId)))
        {
            open.Add(await RecoverAsync(run, mode, cancellationToken));
        }

        foreach (var entry in listed.Where(entry => !local.ContainsKey(entry.RunId)))
        {
            var restored = await TryAsync(mode, () => RestoreAsync(entry, cancellationToken), null);
            open.AddRange(restored is null ? [] : [await RecoverAsync(restored, mode, cancellationToken)]);
        }

        return [.. open.Where(run => run.IsOpen).OrderByDescending(run => run.RunId, StringComparer.Ordinal)];
    }

    /// <summary>A run by its ID, from the folder or from the account.</summary>
    /// <exception cref="PipelineException">There is none, or it belongs to another environment (2), or the account cannot be reached.</exception>
    public async Task<RunRecord> NamedAsync(string id, FinderMode mode, CancellationToken cancellationToken)
    {
        if (store.TryLoad(id) is { } run)
        {
            return await RecoverAsync(RequireEnvironment(run), mode, cancellationToken);
        }

        if (await AppliedJobAsync(cancellationToken) is not { } job)
        {
            return store.Load(id);
        }

        var archive = new RecordDownload(access.ClientsIn(job.Region), job.ArtifactBucket, job.ArtifactPrefix);
        if (await archive.ReadAsync(id, cancellationToken) is { } kept)
        {
            RequireEnvironment(kept);
            await archive.RestoreAsync(id, store, cancellationToken);
            return await RecoverAsync(kept, mode, cancellationToken);
        }

        // Without a record only the job's name is known, which is enough to stop it.
        var unknown = new RunRecord { RunId = id, Environment = options.Environment, StartedAt = default, Job = job };
        var found = await new JobFinder(access.ClientsIn(job.Region)).FindAsync(unknown, cancellationToken);
        return found.CurrentAttempt is { } attempt
            ? options.Target == "Stop" ? found : throw new PipelineException(
                RunErrors.NoRecord, $"The job {attempt.JobName} exists, but its run has no record in {store.RunsFolder} or {archive.PlaceOf(id)}. Stop it with:\n  {hints.For("Stop", $"--run={id}")}")
            : store.Has(id) ? store.Load(id)
            : throw new PipelineException(RunErrors.NoSuchRun, $"There is no run {id} in {store.RunsFolder} or {archive.PlaceOf(id)}, and SageMaker has no job with its name.");
    }

    /// <summary>The job as it is applied, by the outputs in the Terraform state; null where nothing is applied.</summary>
    /// <exception cref="PipelineException">The state cannot be read.</exception>
    public async Task<TrainingJobSpec?> AppliedJobAsync(CancellationToken cancellationToken)
    {
        var state = await documents.Value.ReadAsync<JsonObject>(access.StateKey, "Terraform state", cancellationToken);
        return state.Value?["outputs"] is JsonObject outputs && outputs.ContainsKey("training_job") ? TerraformDocuments.ReadJob(outputs.ToJsonString()) : null;
    }

    private RunRecord RequireEnvironment(RunRecord run) => run.Environment == options.Environment ? run : throw new PipelineException(
        RunErrors.OtherEnvironment,
        $"Run {run.RunId} belongs to environment {run.Environment}. Use:\n  {hints.For(options.Target!, $"--run={run.RunId}", $"--environment={run.Environment}")}");

    // The record in the account may be newer than the folder's, and a job may exist that neither knows.
    private async Task<RunRecord> RecoverAsync(RunRecord run, FinderMode mode, CancellationToken cancellationToken)
    {
        if (run.ClosedAt is not null || run.Job is not { } job)
        {
            if (mode == FinderMode.Drive && run is { ClosedAt: not null, Job: not null })
            {
                await WithdrawAsync(run, cancellationToken);
            }

            return run;
        }

        return await TryAsync(mode, async () =>
        {
            var clients = access.ClientsIn(job.Region);
            var archive = new RecordDownload(clients, job.ArtifactBucket, job.ArtifactPrefix);
            var kept = await archive.ReadAsync(run.RunId, cancellationToken);
            var newest = kept is not null && RunStates.IsAhead(kept, run) ? kept : run;
            var found = newest.ClosedAt is null ? await new JobFinder(clients).FindAsync(newest, cancellationToken) : newest;
            if (mode == FinderMode.Drive && !ReferenceEquals(found, run))
            {
                await KeepAsync(found, newest == kept ? archive : null, cancellationToken);
            }

            return found;
        }, run);
    }

    // S3 may have been away when the run was closed.
    private async Task WithdrawAsync(RunRecord run, CancellationToken cancellationToken)
    {
        try
        {
            if ((await openRuns.Value.ListAsync(cancellationToken)).All(entry => entry.RunId != run.RunId))
            {
                return;
            }

            // Where its artifacts were purged, it has no copy that has to be brought up to date.
            var clients = access.ClientsIn(run.Job!.Region);
            if (await new RecordDownload(clients, run.Job.ArtifactBucket, run.Job.ArtifactPrefix).ReadAsync(run.RunId, cancellationToken) is not null)
            {
                await new RecordUpload(clients).UploadAsync(run, store, cancellationToken);
            }

            await openRuns.Value.RemoveAsync(run.RunId, cancellationToken);
        }
        catch (PipelineException exception)
        {
            console.Warn($"Run {run.RunId} is closed, but could not be removed from the open runs in {openRuns.Value.Place}: {exception.Message} The next call tries again.");
        }
    }

    private async Task KeepAsync(RunRecord run, RecordDownload? archive, CancellationToken cancellationToken)
    {
        if (archive is not null)
        {
            await archive.RestoreAsync(run.RunId, store, cancellationToken);
        }

        store.Save(run);
        store.Append(run.RunId, "run.recovered", new { run.State, Jobs = run.Attempts.Select(attempt => new { attempt.JobName, attempt.Outcome }) });
        console.Warn($"The record of run {run.RunId} in {store.RunsFolder} was incomplete. It was restored from the account: {run.State.InWords()}.");
        if (run.ClosedAt is not null)
        {
            await openRuns.Value.RemoveAsync(run.RunId, cancellationToken);
        }
    }

    private async Task<RunRecord?> RestoreAsync(OpenRun entry, CancellationToken cancellationToken)
    {
        var archive = new RecordDownload(access.ClientsIn(entry.Region), entry.ArtifactBucket, entry.ArtifactPrefix);
        if (await archive.ReadAsync(entry.RunId, cancellationToken) is { } kept)
        {
            await archive.RestoreAsync(entry.RunId, store, cancellationToken);
            return kept;
        }

        // Its artifacts were purged, and its record with them.
        var running = await new JobStopper(access.ClientsIn(entry.Region), TimeProvider.System).ListRunningAsync(entry.JobName, cancellationToken);
        if (running.Any(job => job.RunId == entry.RunId))
        {
            throw new PipelineException(
                RunErrors.NoRecord, $"Run {entry.RunId} has a running job, but no record in {archive.PlaceOf(entry.RunId)}. Stop it with:\n  {hints.For("Stop", $"--run={entry.RunId}")}");
        }

        await openRuns.Value.RemoveAsync(entry.RunId, cancellationToken);
        return null;
    }

    private async Task<T> TryAsync<T>(FinderMode mode, Func<Task<T>> look, T otherwise)
    {
        try
        {
            return await look();
        }
        catch (PipelineException exception) when (mode == FinderMode.Look)
        {
            console.Warn($"Only the folder {store.RunsFolder} was searched: {exception.Message}");
            return otherwise;
        }
    }
}

/// <summary>How a target uses the account to find its run.</summary>
public enum FinderMode
{
    /// <summary>It shows or prices a run: without access to the account, the folder is enough. A run that the folder lacks is downloaded; nothing else is written.</summary>
    Look,

    /// <summary>It needs what the account knows, and does not drive the run: as <see cref="Look"/>, but the account has to answer.</summary>
    Know,

    /// <summary>It drives the run: what is found is recorded.</summary>
    Drive,
}
