using BuildPipeline.Budgets;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Budgets;

/// <summary>A store in memory whose every call waits until the scheduler lets it go: one seed is one interleaving, on one thread.</summary>
internal sealed class ScheduledStore(MemoryStore store)
{
    private readonly List<(int Process, TaskCompletionSource Go)> _waiting = [];

    /// <summary>The store as one process sees it.</summary>
    public ILedgerStore For(int process) => new View(this, process, store);

    /// <summary>Lets the calls go in the seed's order, until none is left.</summary>
    /// <param name="random">Chooses.</param>
    /// <param name="crashes">Decides, before each call, whether its process dies there.</param>
    public void Run(Random random, Func<int, bool> crashes)
    {
        while (_waiting.Count > 0)
        {
            var chosen = random.Next(_waiting.Count);
            var (process, go) = _waiting[chosen];
            _waiting.RemoveAt(chosen);
            if (!crashes(process))
            {
                // Runs the process up to its next call, before it returns.
                go.SetResult();
            }
        }
    }

    private Task TurnAsync(int process)
    {
        var go = new TaskCompletionSource();
        _waiting.Add((process, go));
        return go.Task;
    }

    private sealed class View(ScheduledStore scheduler, int process, MemoryStore store) : ILedgerStore
    {
        public async Task<LedgerSnapshot> ReadAsync(string team, CancellationToken cancellationToken)
        {
            await scheduler.TurnAsync(process);
            return await store.ReadAsync(team, cancellationToken);
        }

        public async Task<bool> TryWriteAsync(TeamLedger ledger, string? version, CancellationToken cancellationToken)
        {
            await scheduler.TurnAsync(process);
            return await store.TryWriteAsync(ledger, version, cancellationToken);
        }
    }
}

/// <summary>Ledgers in memory, with S3's conditions: a change is made to the version that was read, or not at all.</summary>
internal sealed class MemoryStore(FakeTimeProvider time) : ILedgerStore
{
    private int _version;

    public TeamLedger? Ledger { get; private set; }

    /// <summary>Called with each ledger that is written.</summary>
    public Action<TeamLedger> Written { get; set; } = _ => { };

    /// <summary>Called with each write that came too late.</summary>
    public Action Overtaken { get; set; } = () => { };

    public Task<LedgerSnapshot> ReadAsync(string team, CancellationToken cancellationToken) =>
        Task.FromResult(new LedgerSnapshot(Ledger ?? new TeamLedger { Team = team }, Version, time.GetUtcNow()));

    public Task<bool> TryWriteAsync(TeamLedger ledger, string? version, CancellationToken cancellationToken)
    {
        if (version != Version)
        {
            Overtaken();
            return Task.FromResult(false);
        }

        (Ledger, _version) = (ledger, _version + 1);
        Written(ledger);
        return Task.FromResult(true);
    }

    private string? Version => Ledger is null ? null : FormattableString.Invariant($"v{_version}");
}
