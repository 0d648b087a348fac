namespace BuildPipeline.Budgets;

/// <summary>What became of the jobs of a run that nobody answers for.</summary>
public enum BillState
{
    /// <summary>Nobody could say; the reservation stays.</summary>
    Unknown,

    /// <summary>None was ever submitted.</summary>
    NoJob,

    /// <summary>One is running and billed.</summary>
    Running,

    /// <summary>All have ended.</summary>
    Ended,
}

/// <summary>What the jobs of a run have used.</summary>
/// <param name="State">What became of them.</param>
/// <param name="Used">What they have used; null if the service does not tell, or they have not ended.</param>
public sealed record JobUsage(BillState State, BudgetAmounts? Used);

/// <summary>Finds the jobs of a ledger entry.</summary>
public interface IJobUsage
{
    /// <summary>What became of the jobs of an entry.</summary>
    Task<JobUsage> FindAsync(LedgerEntry entry, CancellationToken cancellationToken);
}
