using BuildPipeline.Aws;

namespace BuildPipeline.Freezes;

/// <summary>The freezes of one environment as objects of the state bucket.</summary>
/// <remarks>That bucket is there before anything is applied, and Cleanup leaves it alone.</remarks>
/// <param name="documents">The documents of that bucket.</param>
/// <param name="environment">The environment.</param>
public sealed class FreezeStore(S3Documents documents, string environment)
{
    /// <summary>What the keys of freezes start with.</summary>
    public const string Prefix = "freezes/";

    private const string What = "spend freeze";
    private const int Tries = 10;

    /// <summary>Reads what holds for a team: the freeze of the environment and the team's own.</summary>
    /// <param name="team">The team; null reads that of the environment only.</param>
    /// <returns>The records whose freeze holds; empty if nothing is frozen.</returns>
    /// <exception cref="PipelineException">One cannot be read, so it is not known whether a freeze holds.</exception>
    public async Task<IReadOnlyList<FreezeRecord>> HoldingAsync(string? team, CancellationToken cancellationToken)
    {
        List<string?> scopes = team is null ? [null] : [null, team];
        return await HoldingAsync(scopes, cancellationToken);
    }

    /// <summary>Reads what holds for any team.</summary>
    /// <exception cref="PipelineException">The records cannot be listed or read.</exception>
    public async Task<IReadOnlyList<FreezeRecord>> HoldingAnywhereAsync(CancellationToken cancellationToken)
    {
        var folder = $"{Prefix}{environment}/";
        var names = (await documents.KeysAsync(folder, cancellationToken)).Select(key => key[folder.Length..]);

        // What has another name is no freeze: the console creates an object for a folder.
        return await HoldingAsync([null, .. names.Where(name => !name.Contains('/') && Path.GetExtension(name) == ".json").Select(Path.GetFileNameWithoutExtension)], cancellationToken);
    }

    /// <summary>Freezes, where nothing of that scope is frozen.</summary>
    /// <param name="team">The team; null freezes every team.</param>
    /// <param name="by">ARN of the caller.</param>
    /// <param name="why">The reason.</param>
    /// <returns>The record, and whether this call changed it. A freeze that held before keeps its reason.</returns>
    /// <exception cref="PipelineException">It cannot be read or written.</exception>
    public Task<(FreezeRecord Record, bool Changed)> FreezeAsync(string? team, string by, string why, CancellationToken cancellationToken) =>
        ChangeAsync(team, (record, now) => record.WithFreeze(new() { By = by, At = now, Why = why }), cancellationToken);

    /// <summary>Releases the freeze of that scope, and keeps the record of both.</summary>
    /// <returns>The record, and whether this call changed it: false if nothing was frozen.</returns>
    /// <exception cref="PipelineException">It cannot be read or written.</exception>
    public Task<(FreezeRecord Record, bool Changed)> ReleaseAsync(string? team, string by, string why, CancellationToken cancellationToken) =>
        ChangeAsync(team, (record, now) => record.WithRelease(new() { By = by, At = now, Why = why }), cancellationToken);

    private async Task<IReadOnlyList<FreezeRecord>> HoldingAsync(IReadOnlyList<string?> scopes, CancellationToken cancellationToken)
    {
        var holding = new List<FreezeRecord>();
        foreach (var scope in scopes)
        {
            if ((await ReadAsync(scope, cancellationToken)).Value is { Current: not null } record)
            {
                holding.Add(record);
            }
        }

        return holding;
    }

    // Made to the version that was read, so of two people at once the second one sees what the first one did.
    private async Task<(FreezeRecord Record, bool Changed)> ChangeAsync(
        string? team, Func<FreezeRecord, DateTimeOffset, FreezeRecord?> change, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var read = await ReadAsync(team, cancellationToken);
            var known = read.Value ?? new() { Environment = environment, Team = team, Freezes = [] };
            if (change(known, read.Now) is not { } next)
            {
                return (known, false);
            }

            if (await documents.TryWriteAsync(KeyOf(team), next, read.Version, What, cancellationToken) is not null)
            {
                return (next, true);
            }
        }

        throw new PipelineException(FreezeErrors.Contended, $"The freeze s3://{documents.Bucket}/{KeyOf(team)} kept changing ({Tries} attempts). Run this again.");
    }

    private async Task<S3Document<FreezeRecord>> ReadAsync(string? team, CancellationToken cancellationToken)
    {
        var read = await documents.ReadAsync<FreezeRecord>(KeyOf(team), What, cancellationToken);
        return read.Value is null or { Format: FreezeRecord.CurrentFormat } ? read : throw new PipelineException(
            FreezeErrors.Unknown,
            $"A newer version of this program has written s3://{documents.Bucket}/{KeyOf(team)} (format {read.Value.Format}). Update the checkout.");
    }

    private string KeyOf(string? team) => team is null ? $"{Prefix}{environment}.json" : $"{Prefix}{environment}/{team}.json";
}
