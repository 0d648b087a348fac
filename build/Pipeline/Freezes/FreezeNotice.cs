using BuildPipeline.Aws;

namespace BuildPipeline.Freezes;

/// <summary>What a person should know of a freeze, where nothing is started: it never fails, and it decides nothing.</summary>
/// <param name="store">The freezes of the environment.</param>
/// <param name="deny">IAM.</param>
/// <param name="clients">Say who calls.</param>
/// <param name="hints">Writes the command that completes a freeze or a release.</param>
/// <param name="time">Bounds a read.</param>
public sealed class FreezeNotice(FreezeStore store, LaunchRoleDeny deny, IAwsClients clients, CommandHints hints, TimeProvider time)
{
    /// <summary>Whoever follows a job must not wait for S3.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Who has frozen what, since when and why; or why that is not known. Null if nothing is frozen.</summary>
    /// <param name="team">The team that would pay.</param>
    public Task<string?> ReadAsync(string team, CancellationToken cancellationToken) =>
        LimitedAsync(async token => Describe(await store.HoldingAsync(team, token)), Unknown, cancellationToken);

    /// <summary>The same, and whether IAM follows the marker, where the caller may see that.</summary>
    /// <param name="team">The team that would pay.</param>
    /// <param name="prefix">What the names of the environment's resources start with.</param>
    public async Task<string?> ReadWithRoleAsync(string team, string prefix, CancellationToken cancellationToken)
    {
        bool? isFrozen = null;
        var frozen = await LimitedAsync(
            async token =>
            {
                var holding = await store.HoldingAsync(team, token);
                isFrozen = holding.Any(record => record.Team is null);
                return Describe(holding);
            },
            Unknown,
            cancellationToken);
        var gap = isFrozen is { } known ? await LimitedAsync(token => GapAsync(known, prefix, token), _ => null, cancellationToken) : null;
        return frozen is null || gap is null ? frozen ?? gap : $"{frozen} {gap}";
    }

    private async Task<string?> GapAsync(bool isFrozen, string prefix, CancellationToken cancellationToken)
    {
        var caller = await clients.CheckCredentialsAsync(cancellationToken);
        var role = LaunchRole.Create(prefix, caller.Arn, caller.Account);
        var gap = role.DescribeGap(isFrozen, await deny.ReadAsync(role, cancellationToken));
        return gap is null ? null : $"{gap}\n  {hints.For(isFrozen ? "Freeze" : "Unfreeze", "--why=TEXT")}";
    }

    private async Task<string?> LimitedAsync(Func<CancellationToken, Task<string?>> read, Func<string, string?> onFailure, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await read(either.Token);
        }
        catch (PipelineException exception)
        {
            return onFailure(exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return onFailure($"S3 did not answer within {Limit.TotalSeconds:0} s.");
        }
    }

    private static string? Describe(IReadOnlyList<FreezeRecord> holding) =>
        holding.Count == 0 ? null : $"{string.Join(". ", holding.Select(record => record.Describe()))}. Nothing new is started.";

    private static string Unknown(string why) => $"It is not known whether spending is frozen, so nothing new would be started. {why}";
}
