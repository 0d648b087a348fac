using System.Runtime.InteropServices;

namespace BuildPipeline.Stages;

/// <summary>Ctrl-C and the end of the session, as a request to look away from a job rather than to kill anything.</summary>
public sealed class Interrupts : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private CancellationTokenSource _source = new();
    private int _count;

    /// <summary>Listens from now on.</summary>
    public Interrupts() => _registrations =
        [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Handle))];

    /// <summary>Cancelled by the next signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>How many signals came.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Makes <see cref="Token"/> wait for a further signal.</summary>
    public void Rearm() => Interlocked.Exchange(ref _source, new CancellationTokenSource()).Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        Interlocked.Increment(ref _count);
        _source.Cancel();
    }
}
