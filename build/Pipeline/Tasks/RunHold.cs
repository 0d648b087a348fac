using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Journal;
using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>This process's hold on the run that it drives, from the run's creation until this process ends: a lock of its folder on this machine, and its lease in the account.</summary>
/// <remarks>Other runs of the environment are not held up. What touches the environment itself takes turns.</remarks>
public sealed class RunHold(PipelineOptions options, RunStore store, S3Documents documents, EnvironmentTurns environment, CommandHints hints, TimeProvider time)
{
    private FolderLock? _folder;
    private Lease? _lease;

    /// <summary>Cancelled when another process has taken the run.</summary>
    public CancellationToken Lost => _lease?.Lost ?? CancellationToken.None;

    /// <summary>Takes hold of a run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="isRequired">False for a target that does without the lease where the credentials may not write it.</param>
    /// <param name="above">The highest fencing number in the log of the run.</param>
    /// <returns>The fencing number; null without a lease.</returns>
    /// <exception cref="PipelineException">Another process drives the run (exit code 75), or S3 cannot be reached.</exception>
    public async Task<long?> AcquireAsync(string runId, bool isRequired, long above, CancellationToken cancellationToken)
    {
        var file = store.PathOf(runId, "lease");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        _folder = FolderLock.TryTake(file, options.Target!, time.GetUtcNow()) ?? throw InUse(runId, FolderLock.DescribeHolder(file));
        var lease = Lease.OfRun(documents, options.Environment, runId, time);
        await environment.RequireNoOlderAsync(cancellationToken);
        try
        {
            var (acquired, other) = await lease.AcquireAsync(options.Target!, takeOver: false, cancellationToken, above);
            if (!acquired)
            {
                throw InUse(runId, other!.Describe());
            }

            _lease = lease;
            return lease.Number;
        }
        catch (PipelineException exception) when (!isRequired && exception.Code == AccountErrors.AccessDenied)
        {
            return null;
        }
    }

    /// <summary>Another process that holds a run and may be at work; null if there is none.</summary>
    /// <exception cref="PipelineException">S3 cannot be reached.</exception>
    public Task<LeaseRecord?> FindOtherAsync(string runId, CancellationToken cancellationToken) =>
        (_lease ?? Lease.OfRun(documents, options.Environment, runId, time)).FindHolderAsync(cancellationToken);

    /// <summary>Refuses a launch of a job whose last launch has submitted nothing yet and is at work: of two at once, one is too many.</summary>
    /// <param name="runs">The runs of the job, the newest first.</param>
    /// <exception cref="PipelineException">There is one (exit code 75), or S3 cannot be reached.</exception>
    public async Task RequireNoneInPreparationAsync(IEnumerable<RunRecord> runs, CancellationToken cancellationToken)
    {
        var earliest = time.GetUtcNow() - ApprovalScopeBuilder.Validity;
        foreach (var run in runs.TakeWhile(run => run.StartedAt > earliest).Where(run => run is { ClosedAt: null, Adopted: null }))
        {
            if (await FindOtherAsync(run.RunId, cancellationToken) is { } holder)
            {
                throw InUse(run.RunId, holder.Describe());
            }
        }
    }

    /// <summary>Renews the lease before a step that must not be taken by two, nor while Cleanup removes the environment.</summary>
    /// <exception cref="PipelineException">Another process has taken the run or cleans up (exit code 75), or S3 cannot be reached.</exception>
    public async Task EnsureHeldAsync(CancellationToken cancellationToken)
    {
        await environment.RequireNoCleanupAsync(cancellationToken);
        await (_lease?.EnsureHeldAsync(cancellationToken) ?? Task.CompletedTask);
    }

    /// <summary>Renews the lease where S3 can be reached, before what may be done without it.</summary>
    /// <returns>False if S3 cannot be reached, so it is not known whether the run is still held.</returns>
    /// <exception cref="PipelineException">Another process has taken the run (exit code 75).</exception>
    public Task<bool> TryEnsureHeldAsync(CancellationToken cancellationToken) => _lease?.TryEnsureHeldAsync(cancellationToken) ?? Task.FromResult(true);

    /// <summary>Ends the process's work where another one has taken the run.</summary>
    /// <exception cref="PipelineException">Another one has (exit code 75).</exception>
    public void ThrowIfLost() => _lease?.ThrowIfLost();

    /// <summary>Waits for this process's turn at the environment; dispose the result to end it.</summary>
    /// <exception cref="PipelineException">Another process kept the environment or has taken the run (exit code 75), or S3 cannot be reached.</exception>
    public async Task<EnvironmentTurn> TakeEnvironmentAsync(CancellationToken cancellationToken)
    {
        var withLease = TargetRequirements.Find(options.Target)!.Lease == LeaseRequirement.Required;
        var turn = await environment.TakeAsync(withLease, cancellationToken);
        try
        {
            await (_lease?.EnsureHeldAsync(cancellationToken) ?? Task.CompletedTask);
            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    /// <summary>Releases the lease of a closed run, on which nobody works any more, where its process died before it did.</summary>
    /// <exception cref="PipelineException">S3 cannot be reached, or the credentials may not write it.</exception>
    public async Task ReleaseClosedAsync(string runId, CancellationToken cancellationToken)
    {
        using var lease = Lease.OfRun(documents, options.Environment, runId, time);
        await lease.ReleaseForHolderAsync(cancellationToken);
    }

    /// <summary>Gives the run back.</summary>
    public async Task ReleaseAsync()
    {
        var (lease, folder) = (_lease, _folder);
        (_lease, _folder) = (null, null);
        if (lease is not null)
        {
            await lease.ReleaseAsync();
            lease.Dispose();
        }

        folder?.Dispose();
    }

    private PipelineException InUse(string runId, string holder) => new(
        JournalErrors.InUse,
        $"Run {runId} is driven by {holder}. Wait for it to finish. Show its state or stop its job with:\n  {hints.For("Status", $"--run={runId}")}\n  {hints.For("Stop", $"--run={runId}")}");
}
