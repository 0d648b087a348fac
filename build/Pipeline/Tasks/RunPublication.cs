using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Keeps in the account what another machine needs to find and continue the run.</summary>
public sealed class RunPublication(RunSession session, Lazy<RecordUpload> records, Lazy<OpenRunIndex> openRuns, Lazy<EnvironmentLease> lease, IAnsiConsole console)
{
    /// <summary>Makes the run known as open, before its first job can exist.</summary>
    /// <exception cref="PipelineException">Another process has taken over the environment (75), or the account cannot be reached.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        // An upload can take hours, and the environment may have been destroyed since.
        await lease.Value.EnsureHeldAsync(cancellationToken);
        var (run, job) = (session.Run, session.Run.Job!);
        await records.Value.UploadAsync(run, session.Store, cancellationToken);
        await openRuns.Value.AddAsync(
            new OpenRun { RunId = run.RunId, Region = job.Region, ArtifactBucket = job.ArtifactBucket, ArtifactPrefix = job.ArtifactPrefix, JobName = job.Name },
            cancellationToken);
    }

    /// <summary>Updates the record; a failure is a warning.</summary>
    /// <returns>True where the record is up to date, or there is no bucket for it yet.</returns>
    public async Task<bool> UpdateAsync(CancellationToken cancellationToken) => session.Run.Stage < RunStage.Applied
        || await TryAsync("keep the record in S3", () => records.Value.UploadAsync(session.Run, session.Store, cancellationToken));

    /// <summary>Updates the record of a closed run and takes the run off the open ones; a failure is a warning.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (await UpdateAsync(cancellationToken))
        {
            await TryAsync("remove the run from the open ones", () => openRuns.Value.RemoveAsync(session.Run.RunId, cancellationToken));
        }
    }

    private async Task<bool> TryAsync(string what, Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            console.Warn($"Could not {what}: {exception.Message}");
            return false;
        }
    }
}
