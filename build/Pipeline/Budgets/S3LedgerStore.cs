using BuildPipeline.Aws;

namespace BuildPipeline.Budgets;

/// <summary>Ledgers as objects of the bucket of the Terraform state.</summary>
/// <remarks>That bucket is there before anything is applied, and Cleanup leaves it alone.</remarks>
/// <param name="documents">The documents of that bucket.</param>
public sealed class S3LedgerStore(S3Documents documents) : ILedgerStore
{
    /// <summary>What the keys of ledgers start with.</summary>
    public const string Prefix = "ledger/";

    private const string What = "ledger";

    /// <inheritdoc/>
    public async Task<LedgerSnapshot> ReadAsync(string team, CancellationToken cancellationToken)
    {
        var read = await documents.ReadAsync<TeamLedger>(KeyOf(team), What, cancellationToken);
        return new LedgerSnapshot(read.Value ?? new TeamLedger { Team = team }, read.Version, read.Now);
    }

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(TeamLedger ledger, string? version, CancellationToken cancellationToken) =>
        await documents.TryWriteAsync(KeyOf(ledger.Team), ledger, version, What, cancellationToken) is not null;

    private static string KeyOf(string team) => $"{Prefix}{team}.json";
}
