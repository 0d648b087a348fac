namespace BuildPipeline.Budgets;

/// <summary>Reserves and settles what runs take of their team's budget; a dollar is never promised to two runs.</summary>
/// <remarks>
/// Every change is made to the ledger as it was read; where somebody was faster it is read and decided again. Each conflict means
/// that another run has got ahead, so this ends. All changes are idempotent, for an answer of the store can get lost.
/// </remarks>
public sealed class BudgetLedger(ILedgerStore store, IJobUsage usage)
{
    /// <summary>How long a run is taken to be alive without a further sign.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    /// <summary>What is waited beyond a lease, for clocks that disagree where the store does not tell its own.</summary>
    public static readonly TimeSpan ClockMargin = TimeSpan.FromMinutes(15);

    private const int Tries = 100;

    /// <summary>The balance of a run's team, without reservations of crashed runs. Writes nothing, because a gate only reads.</summary>
    public async Task<TeamBudget> ReadAsync(BudgetRequest request, CancellationToken cancellationToken)
    {
        var snapshot = await ReclaimAsync(await store.ReadAsync(request.Job.Team, cancellationToken), cancellationToken);
        return snapshot.Ledger.BudgetFor(request, snapshot.Now);
    }

    /// <summary>Reserves what a run may take, or renews the lease of the reservation that it has.</summary>
    /// <returns>The reservation, and the balance without it.</returns>
    /// <exception cref="PipelineException">It does not fit (exit code 3).</exception>
    public async Task<(LedgerEntry Entry, TeamBudget Others)> ReserveAsync(BudgetRequest request, CancellationToken cancellationToken)
    {
        var snapshot = await ChangeAsync(request.Job.Team, snapshot => snapshot.Ledger.With(Reserved(snapshot, request), snapshot.Now), cancellationToken);
        return (snapshot.Ledger.Find(request.RunId)!, snapshot.Ledger.BudgetFor(request, snapshot.Now));
    }

    /// <summary>Says that a run is alive; without effect where its reservation is gone.</summary>
    public Task RenewAsync(BudgetRequest request, CancellationToken cancellationToken) => ChangeAsync(
        request.Job.Team,
        snapshot => snapshot.Ledger.Find(request.RunId) is { IsOpen: true } entry ? snapshot.Ledger.With(Renewed(entry, snapshot.Now), snapshot.Now) : snapshot.Ledger,
        cancellationToken);

    /// <summary>Replaces what a run has reserved by what it has used.</summary>
    /// <param name="used">What counts; nothing gives the reservation back.</param>
    /// <returns>The balance without this run.</returns>
    public async Task<TeamBudget> SettleAsync(BudgetRequest request, BudgetAmounts used, CancellationToken cancellationToken)
    {
        var snapshot = await ChangeAsync(
            request.Job.Team,
            snapshot =>
            {
                // A reservation that was taken for dead and given back is settled too: what was spent was spent.
                var entry = snapshot.Ledger.Find(request.RunId) ?? request.Entry(snapshot.Now);
                return !entry.IsOpen && entry.Amounts == used ? snapshot.Ledger : snapshot.Ledger.With(Closed(entry, used, snapshot.Now), snapshot.Now);
            },
            cancellationToken);
        return snapshot.Ledger.BudgetFor(request, snapshot.Now);
    }

    private static LedgerEntry Reserved(LedgerSnapshot snapshot, BudgetRequest request)
    {
        if (snapshot.Ledger.Find(request.RunId) is { IsOpen: true } own && own.Digest == request.Digest)
        {
            return Renewed(own, snapshot.Now);
        }

        var refusals = BudgetRules.Refusals(snapshot.Ledger.BudgetFor(request, snapshot.Now), request).ToList();
        return refusals.Count == 0
            ? request.Entry(snapshot.Now)
            : throw new PipelineException(BudgetErrors.Refused, $"The budget refuses this run: {string.Join(" ", refusals)}");
    }

    private static LedgerEntry Renewed(LedgerEntry entry, DateTimeOffset now) => entry with { LeaseUntil = now + Lease };

    private static LedgerEntry Closed(LedgerEntry entry, BudgetAmounts used, DateTimeOffset now) => entry with { Amounts = used with { Nodes = 0 }, ClosedAt = now };

    private async Task<LedgerSnapshot> ChangeAsync(string team, Func<LedgerSnapshot, TeamLedger> change, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var read = await store.ReadAsync(team, cancellationToken);
            var alive = await ReclaimAsync(read, cancellationToken);
            var changed = change(alive);
            if (ReferenceEquals(changed, read.Ledger) || await store.TryWriteAsync(changed, read.Version, cancellationToken))
            {
                return alive with { Ledger = changed };
            }
        }

        throw new PipelineException(BudgetErrors.LedgerBusy, $"The ledger of team {team} kept changing ({Tries} attempts). Try again.");
    }

    // A job needs nobody to watch it, so a run without a sign of life is not forgotten: its jobs say what it has spent.
    private async Task<LedgerSnapshot> ReclaimAsync(LedgerSnapshot snapshot, CancellationToken cancellationToken)
    {
        foreach (var entry in snapshot.Ledger.Entries.Where(entry => entry.IsOpen && snapshot.Now > entry.LeaseUntil + ClockMargin))
        {
            var bill = await usage.FindAsync(entry, cancellationToken);
            LedgerEntry? next = bill.State switch
            {
                BillState.NoJob => Closed(entry, BudgetAmounts.None, snapshot.Now),
                BillState.Ended => Closed(entry, bill.Used ?? entry.Amounts, snapshot.Now),
                BillState.Running => Renewed(entry, snapshot.Now),
                _ => null,
            };
            snapshot = next is null ? snapshot : snapshot with { Ledger = snapshot.Ledger.With(next, snapshot.Now) };
        }

        return snapshot;
    }
}
