using BuildPipeline.Aws;

namespace BuildPipeline.Freezes;

/// <summary>What is frozen in an environment, as one run sees it.</summary>
/// <param name="Holding">The freezes that hold the run.</param>
/// <param name="Others">Those of other teams.</param>
/// <param name="Notices">What is not known, and what a call that was killed has left to do.</param>
public sealed record FreezeReading(IReadOnlyList<FreezeRecord> Holding, IReadOnlyList<FreezeRecord> Others, IReadOnlyList<string> Notices)
{
    /// <summary>Nothing is frozen, or that was not read.</summary>
    public static FreezeReading None { get; } = new([], [], []);

    /// <summary>Why nothing new would be started, one sentence each; empty if spending is not frozen.</summary>
    public IReadOnlyList<string> Sentences => [.. Holding.Select(record => $"{record.Describe()}. Nothing new is started."), .. Notices];
}

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

    /// <summary>All freezes of the environment, and whether IAM follows its marker, where the caller may see that.</summary>
    /// <param name="team">The team that would pay; null if that is not known.</param>
    /// <param name="prefix">What the names of the environment's resources start with; null if that is not known.</param>
    /// <param name="hasKeeper">True if the environment has a keeper.</param>
    public async Task<FreezeReading> ReadAllAsync(string? team, string? prefix, bool hasKeeper, CancellationToken cancellationToken)
    {
        IReadOnlyList<FreezeRecord>? holding = null;
        IReadOnlyList<FreezeRecord> all = [];
        var unknown = await LimitedAsync(
            async token =>
            {
                holding = await store.HoldingAsync(team, token);
                return null;
            },
            Unknown,
            cancellationToken);

        // A marker of another team that cannot be read does not hold this run.
        var unknownOthers = await LimitedAsync(
            async token =>
            {
                all = await store.HoldingAnywhereAsync(token);
                return null;
            },
            why => $"Which other teams are frozen is not known. {why}",
            cancellationToken);
        var gap = holding is not null && prefix is not null
            ? await LimitedAsync(token => GapAsync(holding.Any(record => record.Team is null), prefix, hasKeeper, token), _ => null, cancellationToken)
            : null;
        string?[] notices = [unknown ?? unknownOthers, gap];
        return new(holding ?? [], [.. all.Where(record => record.Team is not null && record.Team != team)], [.. notices.OfType<string>()]);
    }

    private async Task<string?> GapAsync(bool isFrozen, string prefix, bool hasKeeper, CancellationToken cancellationToken)
    {
        var gaps = new List<string>();
        foreach (var role in LaunchRole.All(prefix, hasKeeper, await clients.CheckCredentialsAsync(cancellationToken)))
        {
            if (role.DescribeGap(isFrozen, await deny.ReadAsync(role, cancellationToken)) is { } gap)
            {
                gaps.Add(gap);
            }
        }

        var (what, target) = isFrozen ? ("freeze", "Freeze") : ("release", "Unfreeze");
        return gaps.Count == 0 ? null : $"{string.Join(' ', gaps)} Complete the {what} with:\n  {hints.As("freeze").For(target, "--why=TEXT")}";
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
