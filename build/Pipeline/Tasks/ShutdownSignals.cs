using System.Runtime.InteropServices;

namespace BuildPipeline.Tasks;

/// <summary>SIGINT (Ctrl-C), SIGTERM and SIGHUP as one cancellation token: the first signal asks for an orderly end, the third one kills the process.</summary>
public sealed class ShutdownSignals : IDisposable
{
    private const int Patience = 3;

    private readonly PosixSignalRegistration[] _registrations;
    private CancellationTokenSource _source = new();
    private int _count;

    /// <summary>Listens from now on.</summary>
    public ShutdownSignals() => _registrations =
        [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Handle))];

    /// <summary>Cancelled by the next signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>How many signals came since the start or <see cref="Rearm"/>.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Name of the last signal; null if none came.</summary>
    public string? Name { get; private set; }

    /// <summary>Makes <see cref="Token"/> wait for a further signal: the last one has been answered.</summary>
    public void Rearm()
    {
        Volatile.Write(ref _count, 0);

        // The source before it is not disposed: a signal may be cancelling it at this moment.
        Interlocked.Exchange(ref _source, new CancellationTokenSource());
    }

    /// <summary>A signal came.</summary>
    /// <returns>False if the process has to end at once.</returns>
    internal bool Receive(PosixSignal signal)
    {
        Name = signal.ToString();
        if (Interlocked.Increment(ref _count) >= Patience)
        {
            return false;
        }

        _source.Cancel();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context) => context.Cancel = Receive(context.Signal);
}
