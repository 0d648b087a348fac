using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Budgets;
using BuildPipeline.Freezes;

namespace BuildPipeline.Tasks;

/// <summary>The bucket of the Terraform state, which also holds the run logs and the ledgers: the account's own, or one that the pipeline creates and removes.</summary>
public sealed class StateBucket(IAccount account, EnvironmentFiles files, IAwsClients clients)
{
    private readonly BucketContents _contents = new(clients);

    /// <summary>Its name.</summary>
    public string Name => files.StateBucket;

    /// <summary>Creates it, where it is the pipeline's own.</summary>
    /// <exception cref="PipelineException">S3 refuses or does not answer.</exception>
    public async Task EnsureExistsAsync(CancellationToken cancellationToken)
    {
        if (!account.OwnsStateBucket)
        {
            return;
        }

        try
        {
            await _contents.EnsureExistsAsync(Name, cancellationToken);
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            throw AwsErrors.ToPipelineException(exception, $"creating the state bucket {Name}", clients.Connection);
        }
    }

    /// <summary>Removes it with all that it holds, where it is the pipeline's own and nothing else would ever remove it.</summary>
    /// <returns>The name of the bucket where it stays; null if it is gone.</returns>
    /// <remarks>A ledger outlives its infrastructure: what a team has spent this month stays spent. So does a freeze: no cleanup releases it.</remarks>
    public async Task<string?> RemoveAsync(CancellationToken cancellationToken)
    {
        if (!account.OwnsStateBucket
            || await _contents.AnyAsync(files.StateBucket, cancellationToken, S3LedgerStore.Prefix)
            || await _contents.AnyAsync(files.StateBucket, cancellationToken, FreezeStore.Prefix))
        {
            return Name;
        }

        if (await _contents.AnyAsync(files.StateBucket, cancellationToken))
        {
            await _contents.DeleteAllAsync(files.StateBucket, cancellationToken);
        }

        await _contents.DeleteBucketAsync(files.StateBucket, cancellationToken);
        return null;
    }
}
