using Amazon.IdentityManagement.Model;
using BuildPipeline.Aws;

namespace BuildPipeline.Freezes;

/// <summary>What IAM does about a freeze.</summary>
public enum RoleDeny
{
    /// <summary>The launch role has the deny policy.</summary>
    Attached,

    /// <summary>The launch role does not have it.</summary>
    Detached,

    /// <summary>The role does not exist.</summary>
    NoRole,

    /// <summary>The role exists, and the policy does not.</summary>
    NoPolicy,

    /// <summary>One of them does not exist; the caller may not see which.</summary>
    Missing,

    /// <summary>The caller may not change the role, or not see it.</summary>
    NotAllowed,

    /// <summary>The name of the role is not known, because the environment's files cannot be read.</summary>
    Unnamed,

    /// <summary>A team's freeze: the role is that of every team.</summary>
    NotUsed,
}

/// <summary>A role that launches in an environment, and the policy that denies it what spends; infra/modules/access has both.</summary>
/// <param name="Name">Name of the role.</param>
/// <param name="PolicyArn">ARN of the policy.</param>
public sealed record LaunchRole(string Name, string PolicyArn)
{
    /// <summary>The roles of an environment that launch: the launch role, and the keeper's where it has one.</summary>
    /// <param name="prefix">What the names of the environment's resources start with: name_prefix and the environment.</param>
    /// <param name="hasKeeper">True if the environment has a keeper.</param>
    /// <param name="caller">A caller in the account, whose ARN says the partition.</param>
    public static IReadOnlyList<LaunchRole> All(string prefix, bool hasKeeper, CallerIdentity caller)
    {
        string[] names = hasKeeper ? ["launch", "keeper"] : ["launch"];
        return [.. names.Select(name => new LaunchRole($"{prefix}-{name}", $"arn:{caller.Arn.Split(':')[1]}:iam::{caller.Account}:policy/{prefix}-spend-freeze"))];
    }

    /// <summary>What a call that was killed has left to do, for people; null if the role follows the marker, or if that cannot be seen.</summary>
    /// <param name="isFrozen">What the marker of the environment says.</param>
    /// <param name="deny">What IAM does.</param>
    public string? DescribeGap(bool isFrozen, RoleDeny deny) => (isFrozen, deny) switch
    {
        (true, RoleDeny.Detached) => $"IAM does not deny it yet: the role {Name} lacks the policy {PolicyArn}, so other programs with its credentials can start jobs.",
        (false, RoleDeny.Attached) => $"The freeze is released, but AWS still denies new jobs: the role {Name} has the policy {PolicyArn}.",
        _ => null,
    };
}

/// <summary>Attaches the deny policy to the launch role, and detaches it; each can be repeated.</summary>
public sealed class LaunchRoleDeny(IAwsClients clients)
{
    /// <summary>Whether the role has the policy; <see cref="RoleDeny.NotAllowed"/> if the caller may not see that.</summary>
    /// <exception cref="PipelineException">IAM does not answer.</exception>
    public Task<RoleDeny> ReadAsync(LaunchRole role, CancellationToken cancellationToken) =>
        AskAsync(role, async () => await IsAttachedAsync(role, cancellationToken) ? RoleDeny.Attached : RoleDeny.Detached, RoleDeny.NoRole, cancellationToken);

    /// <summary>Makes the role have the policy, or not.</summary>
    /// <returns>What IAM does now, and whether this call is known to have changed it.</returns>
    /// <exception cref="PipelineException">IAM does not answer.</exception>
    public async Task<(RoleDeny Deny, bool Changed)> SetAsync(LaunchRole role, bool attached, CancellationToken cancellationToken)
    {
        var wanted = attached ? RoleDeny.Attached : RoleDeny.Detached;
        var before = await ReadAsync(role, cancellationToken);
        if (before == wanted || before == RoleDeny.NoRole)
        {
            return (before, false);
        }

        // Who may not see it may be allowed to change it all the same. A role that was seen is there, so it is the policy that is not.
        var missing = before == RoleDeny.NotAllowed ? RoleDeny.Missing : RoleDeny.NoPolicy;
        var after = await AskAsync(role, () => ChangeAsync(role, wanted, cancellationToken), missing, cancellationToken);
        return (after, after == wanted && before != RoleDeny.NotAllowed);
    }

    private async Task<bool> IsAttachedAsync(LaunchRole role, CancellationToken cancellationToken)
    {
        var request = new ListAttachedRolePoliciesRequest { RoleName = role.Name };
        do
        {
            var page = await clients.IdentityManagement.ListAttachedRolePoliciesAsync(request, cancellationToken);
            if ((page.AttachedPolicies ?? []).Exists(policy => policy.PolicyArn == role.PolicyArn))
            {
                return true;
            }

            request.Marker = page.Marker;
        }
        while (request.Marker is not null);
        return false;
    }

    private async Task<RoleDeny> ChangeAsync(LaunchRole role, RoleDeny wanted, CancellationToken cancellationToken)
    {
        if (wanted == RoleDeny.Attached)
        {
            await clients.IdentityManagement.AttachRolePolicyAsync(new AttachRolePolicyRequest { RoleName = role.Name, PolicyArn = role.PolicyArn }, cancellationToken);
        }
        else
        {
            await clients.IdentityManagement.DetachRolePolicyAsync(new DetachRolePolicyRequest { RoleName = role.Name, PolicyArn = role.PolicyArn }, cancellationToken);
        }

        return wanted;
    }

    private async Task<RoleDeny> AskAsync(LaunchRole role, Func<Task<RoleDeny>> ask, RoleDeny missing, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (NoSuchEntityException)
        {
            return missing;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            return AwsErrors.Classify(exception) == AwsErrorKind.AccessDenied
                ? RoleDeny.NotAllowed
                : throw AwsErrors.ToPipelineException(exception, $"reading or changing the policies of the role {role.Name}", clients.Connection);
        }
    }
}
