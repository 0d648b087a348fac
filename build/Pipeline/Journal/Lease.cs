using System.Security.Cryptography;
using BuildPipeline.Aws;

namespace BuildPipeline.Journal;

/// <summary>A lease in the account itself, of a run or of an environment: the process that changes it holds it, whatever machine or folder it runs in.</summary>
/// <remarks>
/// It is acquired, renewed and released by conditional writes, and its times are S3's. A holder that is silent for <see cref="Duration"/>
/// can be replaced. A holder that was replaced learns of it at its next renewal, or when it renews before a step that costs money.
/// </remarks>
/// <param name="documents">The documents of the state bucket.</param>
/// <param name="key">Key of the lease in the state bucket.</param>
/// <param name="subject">What it is the lease of, for messages, for example <c>run 20261123-201726-1e51</c>.</param>
/// <param name="time">Source of the pauses.</param>
public sealed class Lease(S3Documents documents, string key, string subject, TimeProvider time) : IDisposable
{
    /// <summary>How long a holder is believed to be at work without a renewal.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(2);

    /// <summary>Name of the object, in the folder of what it is the lease of.</summary>
    public const string File = "lease.json";

    private const string What = "lease";
    private const int Tries = 10;

    private readonly string _owner = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationTokenSource _lost = new();
    private LeaseRecord? _held;
    private Task _renewal = Task.CompletedTask;

    /// <summary>Fencing number of the lease; null before it is acquired.</summary>
    public long? Number => _held?.Number;

    /// <summary>Cancelled when somebody else has taken the lease.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The lease of a run: who drives it, until it ends.</summary>
    public static Lease OfRun(S3Documents documents, string environment, string runId, TimeProvider time) =>
        new(documents, $"runs/{environment}/{runId}/{File}", $"run {runId}", time);

    /// <summary>The lease of an environment: who changes its Terraform state or its resources now.</summary>
    public static Lease OfEnvironment(S3Documents documents, string environment, TimeProvider time) =>
        new(documents, $"runs/{environment}/{File}", $"environment {environment}", time);

    /// <summary>Acquires the lease, or says who holds it.</summary>
    /// <param name="target">The target that acquires it.</param>
    /// <param name="takeOver">Takes it also from a holder that is at work.</param>
    /// <param name="above">The fencing number will be higher than this one, which was given out before this lease existed.</param>
    /// <returns>Whether it was acquired, and the holder before where that one may still be at work.</returns>
    /// <exception cref="PipelineException">S3 cannot be reached, or others were faster each time.</exception>
    public async Task<(bool Acquired, LeaseRecord? Other)> AcquireAsync(string target, bool takeOver, CancellationToken cancellationToken, long above = 0)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var read = await documents.ReadAsync<LeaseRecord>(key, What, cancellationToken);
            var other = OtherHolder(read);
            if (other is not null && !takeOver)
            {
                return (false, other);
            }

            var next = new LeaseRecord
            {
                Number = Math.Max(read.Value?.Number ?? 0, above) + 1,
                Owner = _owner,
                Target = target,
                Machine = Environment.MachineName,
                Process = ProcessIdentity.Current,
                Since = read.Now,
                ExpiresAt = read.Now + Duration,
            };
            if (await documents.TryWriteAsync(key, next, read.Version, What, cancellationToken) is not null)
            {
                _held = next;
                _renewal = RenewAsync();
                return (true, other);
            }
        }

        throw new PipelineException(JournalErrors.LeaseBusy, $"The lease s3://{documents.Bucket}/{key} kept changing ({Tries} attempts). Try again.");
    }

    /// <summary>Another process that holds the lease and may be at work; null if there is none.</summary>
    /// <exception cref="PipelineException">S3 cannot be reached.</exception>
    public async Task<LeaseRecord?> FindHolderAsync(CancellationToken cancellationToken)
    {
        return OtherHolder(await documents.ReadAsync<LeaseRecord>(key, What, cancellationToken));
    }

    /// <summary>Renews the lease before a step that must not be taken by two; without effect where none was acquired.</summary>
    /// <exception cref="PipelineException">Somebody else has taken it (exit code 75), or S3 cannot be reached.</exception>
    public async Task EnsureHeldAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_held is { } held && !await TryWriteAsync(held, released: false, cancellationToken))
            {
                await _lost.CancelAsync();
            }
        }
        finally
        {
            _gate.Release();
        }

        ThrowIfLost();
    }

    /// <summary>Renews the lease where S3 can be reached, before what may be done without it.</summary>
    /// <returns>False if S3 cannot be reached, so it is not known whether the lease is still held.</returns>
    /// <exception cref="PipelineException">Somebody else has taken it (exit code 75).</exception>
    public async Task<bool> TryEnsureHeldAsync(CancellationToken cancellationToken)
    {
        try
        {
            await EnsureHeldAsync(cancellationToken);
            return true;
        }
        catch (PipelineException) when (!_lost.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Ends the process's work where somebody else has taken the lease.</summary>
    /// <exception cref="PipelineException">Somebody else has (exit code 75).</exception>
    public void ThrowIfLost()
    {
        if (_lost.IsCancellationRequested)
        {
            throw new PipelineException(
                JournalErrors.LeaseLost, $"Another process has taken over {subject} (s3://{documents.Bucket}/{key}); this one stops.");
        }
    }

    /// <summary>Releases the lease; where that fails, it expires.</summary>
    public async Task ReleaseAsync()
    {
        await _end.CancelAsync();
        await _renewal;
        if (_held is { } held && !_lost.IsCancellationRequested)
        {
            try
            {
                await TryWriteAsync(held, released: true, CancellationToken.None);
            }
            catch (PipelineException)
            {
                // Cleanup has deleted the bucket with it, or S3 cannot be reached.
            }
        }
    }

    /// <summary>Releases the lease for its holder, of what nobody can change any more.</summary>
    /// <exception cref="PipelineException">S3 cannot be reached, or the credentials may not write it.</exception>
    public async Task ReleaseForHolderAsync(CancellationToken cancellationToken)
    {
        var read = await documents.ReadAsync<LeaseRecord>(key, What, cancellationToken);
        if (read.Value is { Released: false } held)
        {
            // A write in between is the holder's own, which is at its end too.
            await documents.TryWriteAsync(key, held with { Released = true }, read.Version, What, cancellationToken);
        }
    }

    /// <summary>Frees resources; the lease itself is released by <see cref="ReleaseAsync"/>.</summary>
    public void Dispose()
    {
        _end.Dispose();
        _lost.Dispose();
        _gate.Dispose();
    }

    private LeaseRecord? OtherHolder(S3Document<LeaseRecord> read) =>
        read.Value is { } record && record.Owner != _owner && record.IsHeld(read.Now, process => process.HasEnded()) ? record : null;

    // False if somebody else has it. An own write whose answer was lost is known by its owner.
    private async Task<bool> TryWriteAsync(LeaseRecord held, bool released, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var read = await documents.ReadAsync<LeaseRecord>(key, What, cancellationToken);
            if (read.Value?.Owner != _owner)
            {
                return false;
            }

            var next = held with { ExpiresAt = read.Now + Duration, Released = released };
            if (await documents.TryWriteAsync(key, next, read.Version, What, cancellationToken) is not null)
            {
                _held = next;
                return true;
            }
        }

        return false;
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Duration / 4, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await RenewOnceAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Released.
        }
    }

    private async Task RenewOnceAsync()
    {
        try
        {
            await EnsureHeldAsync(_end.Token);
        }
        catch (PipelineException)
        {
            // Lost, and the token says so; or S3 cannot be reached, and the lease stays this process's until another one takes it.
        }
    }
}
