namespace BuildPipeline.Budgets;

/// <summary>A ledger as it was read.</summary>
/// <param name="Ledger">Its content; empty if there is none yet.</param>
/// <param name="Version">What a change has to be made to; null if there is none yet.</param>
/// <param name="Now">The clock of the store, so the clocks of the machines need not agree.</param>
public sealed record LedgerSnapshot(TeamLedger Ledger, string? Version, DateTimeOffset Now);

/// <summary>Keeps one ledger a team; a change is made to the version that was read, or not at all.</summary>
public interface ILedgerStore
{
    /// <summary>Reads a team's ledger.</summary>
    /// <exception cref="PipelineException">It cannot be reached or read.</exception>
    Task<LedgerSnapshot> ReadAsync(string team, CancellationToken cancellationToken);

    /// <summary>Replaces a team's ledger.</summary>
    /// <param name="ledger">The new content.</param>
    /// <param name="version">The version it was made from; null if there was none.</param>
    /// <returns>False if somebody else has changed it since; nothing is written then.</returns>
    /// <exception cref="PipelineException">It cannot be written.</exception>
    Task<bool> TryWriteAsync(TeamLedger ledger, string? version, CancellationToken cancellationToken);
}
