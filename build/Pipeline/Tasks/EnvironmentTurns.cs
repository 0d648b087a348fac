using BuildPipeline.Aws;
using BuildPipeline.Cli;
using BuildPipeline.Journal;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>The turns of processes at an environment: at Terraform's folder on this machine, the state and the resources. A process has its turn while a launch starts a run and while Plan, Apply or Cleanup works, and not while it follows a job.</summary>
public sealed class EnvironmentTurns(PipelineOptions options, RunStore store, S3Documents documents, CommandHints hints, IAnsiConsole console, TimeProvider time)
{
    /// <summary>How long a process waits for its turn: longer than an apply takes, and than the lease of a lost holder.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private const string Cleanup = "Cleanup";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private string File => Path.Combine(store.RunsFolder, $"{options.Environment}.lease");

    /// <summary>Waits for the turn of a target that works on a run; dispose the result to end it.</summary>
    /// <param name="withLease">False for a target that changes nothing in the account, whose credentials may be too narrow for the lease.</param>
    /// <exception cref="PipelineException">Another process kept the environment (exit code 75), or S3 cannot be reached.</exception>
    public async Task<EnvironmentTurn> TakeAsync(bool withLease, CancellationToken cancellationToken)
    {
        var folder = await WaitForFolderAsync(cancellationToken);
        try
        {
            return new(folder, withLease ? await WaitAsync(AcquireAsync, cancellationToken) : null);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Takes the turn from whoever has it; only processes of this folder are waited for.</summary>
    /// <exception cref="PipelineException">Another process kept the folder (exit code 75), or S3 cannot be reached.</exception>
    public async Task<EnvironmentTurn> TakeOverAsync(CancellationToken cancellationToken)
    {
        var lease = Lease.OfEnvironment(documents, options.Environment, time);
        var turn = new EnvironmentTurn(await WaitForFolderAsync(cancellationToken), lease);
        try
        {
            if ((await lease.AcquireAsync(options.Target!, takeOver: true, cancellationToken)).Other is { } other)
            {
                console.Warn($"{options.Target} is taking over environment {options.Environment} from {other.Describe()}, which will stop.");
            }

            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    /// <summary>Refuses what would need the environment while Cleanup removes it.</summary>
    /// <exception cref="PipelineException">Cleanup is at work (exit code 75), or S3 cannot be reached.</exception>
    public Task RequireNoCleanupAsync(CancellationToken cancellationToken) => RequireAsync(holder => holder.Target != Cleanup, cancellationToken);

    /// <summary>Refuses a run that an older version of the program may drive: it holds the environment, and no lease of the run.</summary>
    /// <exception cref="PipelineException">One is at work (exit code 75), or S3 cannot be reached.</exception>
    public Task RequireNoOlderAsync(CancellationToken cancellationToken) => RequireAsync(holder => holder.Format == LeaseRecord.CurrentFormat, cancellationToken);

    private async Task RequireAsync(Func<LeaseRecord, bool> isFine, CancellationToken cancellationToken)
    {
        using var lease = Lease.OfEnvironment(documents, options.Environment, time);
        if (await lease.FindHolderAsync(cancellationToken) is { } holder && !isFine(holder))
        {
            throw InUse(holder.Describe());
        }
    }

    private Task<FolderLock> WaitForFolderAsync(CancellationToken cancellationToken) => WaitAsync(
        _ =>
        {
            var taken = FolderLock.TryTake(File, options.Target!, time.GetUtcNow());
            return Task.FromResult((taken, taken is null ? FolderLock.DescribeHolder(File) : ""));
        },
        cancellationToken);

    private async Task<(Lease? Taken, string Holder)> AcquireAsync(CancellationToken cancellationToken)
    {
        var lease = Lease.OfEnvironment(documents, options.Environment, time);
        var (acquired, other) = await lease.AcquireAsync(options.Target!, takeOver: false, cancellationToken);
        if (acquired)
        {
            return (lease, "");
        }

        lease.Dispose();
        return (null, other!.Describe());
    }

    private async Task<T> WaitAsync<T>(Func<CancellationToken, Task<(T? Taken, string Holder)>> take, CancellationToken cancellationToken)
        where T : class
    {
        var until = time.GetUtcNow() + Limit;
        var (taken, holder) = await take(cancellationToken);
        return taken ?? await console.RunWithStatusAsync($"wait for environment {options.Environment}, in use by {holder}", async () =>
        {
            while (taken is null)
            {
                if (time.GetUtcNow() >= until)
                {
                    throw InUse(holder);
                }

                await Task.Delay(Pause, time, cancellationToken);
                (taken, holder) = await take(cancellationToken);
            }

            return taken;
        });
    }

    private PipelineException InUse(string holder) => new(
        JournalErrors.InUse,
        $"Environment {options.Environment} is in use by {holder}. Wait for it to finish, then run this again. Show the runs of the environment with:\n  {hints.For("Status")}");
}

/// <summary>A process's turn at an environment, until it is disposed.</summary>
/// <param name="folder">The lock of Terraform's folder on this machine.</param>
/// <param name="lease">The lease of the environment; null for a target that changes nothing in the account.</param>
public sealed class EnvironmentTurn(FolderLock folder, Lease? lease) : IAsyncDisposable
{
    /// <summary>Renews the lease before a step that must not be taken by two.</summary>
    /// <exception cref="PipelineException">Another process has taken the environment (exit code 75), or S3 cannot be reached.</exception>
    public Task EnsureHeldAsync(CancellationToken cancellationToken) => lease?.EnsureHeldAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (lease is not null)
        {
            await lease.ReleaseAsync();
            lease.Dispose();
        }

        folder.Dispose();
    }
}
