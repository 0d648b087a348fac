using BuildPipeline.Aws;

namespace BuildPipeline.Freezes;

/// <summary>What to freeze or release.</summary>
/// <param name="Team">The team; null is every team.</param>
/// <param name="Why">The reason.</param>
/// <param name="Prefix">What the names of the environment's resources start with; null if that is not known.</param>
public sealed record FreezeRequest(string? Team, string Why, string? Prefix)
{
    /// <summary>True if a keeper drives the environment's runs, whose role starts jobs too.</summary>
    public bool HasKeeper { get; init; }
}

/// <summary>What a Freeze or an Unfreeze did.</summary>
/// <param name="Record">The record as it is now.</param>
/// <param name="Changed">True if this call froze or released; false if that was so already.</param>
/// <param name="Deny">What IAM does.</param>
/// <param name="Role">The role and the policy; null if they were not asked for.</param>
/// <param name="RoleChanged">True if this call attached or detached the policy.</param>
public sealed record FreezeOutcome(FreezeRecord Record, bool Changed, RoleDeny Deny, LaunchRole? Role, bool RoleChanged = false)
{
    /// <summary>True if the marker was there before, and IAM follows it only since this call.</summary>
    public bool Completed => !Changed && RoleChanged;

    /// <summary>True if nothing but the marker, which launches of this project read, holds spending back.</summary>
    public bool IsMarkerAlone => Record.Current is not null && Deny != RoleDeny.Attached;

    /// <summary>True if nothing is frozen, and AWS may deny new jobs all the same.</summary>
    public bool MayStillDeny => Record.Current is null && Deny is RoleDeny.NotAllowed or RoleDeny.Unnamed;

    /// <summary>What IAM does, for people.</summary>
    public string Describe() => Deny switch
    {
        RoleDeny.Attached => $"IAM: role {Role!.Name} has the policy {Role.PolicyArn}, so AWS denies it new jobs too, within about a minute.",
        RoleDeny.Detached => $"IAM: role {Role!.Name} does not have the policy {Role.PolicyArn}.",
        RoleDeny.NoRole => $"{Alone} The role {Role!.Name} does not exist: infra/access, which creates it, is not applied for this environment.",
        RoleDeny.NoPolicy => $"{Alone} The role {Role!.Name} exists, but not the policy {Role.PolicyArn}: apply infra/access again.",
        RoleDeny.Missing => $"{Alone} The role {Role!.Name} or the policy {Role.PolicyArn} does not exist; these credentials may not see which.",
        RoleDeny.NotAllowed => $"{Alone} These credentials may not change the role {Role!.Name}. Run this again with credentials that may, such as those of the freeze role.",
        RoleDeny.Unnamed => $"{Alone} The name of the launch role is not known, because the environment's variable files cannot be read.",
        _ => $"{Alone} IAM's policy is for all teams of the environment.",
    };

    private string Alone => MayStillDeny ? "IAM was not changed, so AWS may still deny new jobs." : Record.Current is null
        ? "IAM was not changed."
        : "Only the marker protects: launches of this project start nothing, but other programs with credentials can.";
}

/// <summary>Freezes and releases: first the marker, which works at once for every launch, then IAM, which follows the marker.</summary>
/// <remarks>
/// What a call that was killed has left is completed by the next one. Of two calls at once, the last one to change IAM reads the marker
/// after its change, so IAM ends as the marker says.
/// </remarks>
/// <param name="store">The freezes of the environment.</param>
/// <param name="deny">IAM.</param>
/// <param name="clients">Say who calls.</param>
public sealed class FreezeSwitch(FreezeStore store, LaunchRoleDeny deny, IAwsClients clients)
{
    private const int Tries = 10;

    /// <summary>Freezes an environment or a team in it.</summary>
    /// <exception cref="PipelineException">AWS refuses or does not answer.</exception>
    public Task<FreezeOutcome> FreezeAsync(FreezeRequest request, CancellationToken cancellationToken) =>
        ChangeAsync(request, by => store.FreezeAsync(request.Team, by, request.Why, cancellationToken), cancellationToken);

    /// <summary>Releases it.</summary>
    /// <inheritdoc cref="FreezeAsync"/>
    public Task<FreezeOutcome> ReleaseAsync(FreezeRequest request, CancellationToken cancellationToken) =>
        ChangeAsync(request, by => store.ReleaseAsync(request.Team, by, request.Why, cancellationToken), cancellationToken);

    private async Task<FreezeOutcome> ChangeAsync(
        FreezeRequest request, Func<string, Task<(FreezeRecord Record, bool Changed)>> change, CancellationToken cancellationToken)
    {
        var caller = await clients.CheckCredentialsAsync(cancellationToken);
        var (record, changed) = await change(caller.Arn);
        if (request.Team is not null || request.Prefix is null)
        {
            return new(record, changed, request.Team is not null ? RoleDeny.NotUsed : RoleDeny.Unnamed, null);
        }

        var roles = LaunchRole.All(request.Prefix, request.HasKeeper, caller);
        var role = roles[0];
        try
        {
            var followed = new List<(LaunchRole Role, RoleDeny Deny, bool Changed)>();
            foreach (var one in roles)
            {
                role = one;
                var (result, roleChanged) = await FollowMarkerAsync(one, cancellationToken);
                followed.Add((one, result, roleChanged));
            }

            // What is reported is the role that does not follow, if there is one.
            var wanted = record.Current is null ? RoleDeny.Detached : RoleDeny.Attached;
            var reported = followed.Find(one => one.Deny != wanted) is { Role: not null } other ? other : followed[0];
            return new(record, changed, reported.Deny, reported.Role, followed.Exists(one => one.Changed));
        }
        catch (PipelineException exception)
        {
            throw new PipelineException(
                FreezeErrors.Incomplete, $"The marker is {(record.Current is null ? "released" : "set")}, but the role {role.Name} does not follow it yet. {exception.Message} The same command completes it.", exception);
        }
    }

    private async Task<(RoleDeny Deny, bool Changed)> FollowMarkerAsync(LaunchRole role, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var isFrozen = await IsFrozenAsync(cancellationToken);
            var result = await deny.SetAsync(role, isFrozen, cancellationToken);
            if (await IsFrozenAsync(cancellationToken) == isFrozen)
            {
                return result;
            }
        }

        throw new PipelineException(FreezeErrors.Contended, $"The freeze kept changing ({Tries} attempts).");
    }

    private async Task<bool> IsFrozenAsync(CancellationToken cancellationToken) => (await store.HoldingAsync(team: null, cancellationToken)).Count > 0;
}
