namespace BuildPipeline.Sandbox.Faults;

/// <summary>A request that the sandbox was asked, by a name that faults can be planned for.</summary>
/// <param name="Number">Its place since the start, from 1.</param>
/// <param name="Fault">The fault that it met; null if none.</param>
internal sealed record LoggedRequest(long Number, DateTimeOffset At, string Service, string Operation, string? Key, FaultKind? Fault);

/// <summary>The newest requests, in the order of their arrival.</summary>
internal sealed class RequestLog(TimeProvider time)
{
    private const int Longest = 20_000;

    private readonly Lock _gate = new();
    private readonly Queue<LoggedRequest> _requests = new();
    private long _last;

    public IReadOnlyList<LoggedRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    public void Add(string service, string operation, string? key, FaultKind? fault)
    {
        lock (_gate)
        {
            _requests.Enqueue(new(++_last, time.GetUtcNow(), service, operation, key, fault));
            if (_requests.Count > Longest)
            {
                _requests.Dequeue();
            }
        }
    }
}
