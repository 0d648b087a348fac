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

    /// <summary>The role or the policy does not exist.</summary>
    Missing,

    /// <summary>The caller may not change the role.</summary>
    NotAllowed,

    /// <summary>The name of the role is not known, because the environment's files cannot be read.</summary>
    Unnamed,

    /// <summary>A team's freeze: the role is that of every team.</summary>
    NotUsed,
}

/// <summary>The launch role of an environment and the policy that denies it what spends; infra/modules/access has both.</summary>
/// <param name="Name">Name of the role.</param>
/// <param name="PolicyArn">ARN of the policy.</param>
public sealed record LaunchRole(string Name, string PolicyArn)
{
    /// <summary>The role and the policy of an environment.</summary>
    /// <param name="prefix">What the names of the environment's resources start with: name_prefix and the environment.</param>
    /// <param name="callerArn">ARN of a caller in the account, which says its partition.</param>
    /// <param name="account">The account.</param>
    public static LaunchRole Create(string prefix, string callerArn, string account) =>
        new($"{prefix}-launch", $"arn:{callerArn.Split(':')[1]}:iam::{account}:policy/{prefix}-spend-freeze");
}

/// <summary>Attaches the deny policy to the launch role, and detaches it; each can be repeated.</summary>
public sealed class LaunchRoleDeny(IAwsClients clients)
{
    /// <summary>Makes the role have the policy, or not.</summary>
    /// <exception cref="PipelineException">IAM does not answer.</exception>
    public async Task<RoleDeny> SetAsync(LaunchRole role, bool attached, CancellationToken cancellationToken)
    {
        try
        {
            return await IsAttachedAsync(role, cancellationToken) switch
            {
                true when attached => RoleDeny.Attached,
                false when !attached => RoleDeny.Detached,
                _ when attached => await AttachAsync(role, cancellationToken),
                _ => await DetachAsync(role, cancellationToken),
            };
        }
        catch (NoSuchEntityException)
        {
            return RoleDeny.Missing;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            return AwsErrors.Classify(exception) == AwsErrorKind.AccessDenied
                ? RoleDeny.NotAllowed
                : throw AwsErrors.ToPipelineException(exception, $"changing the policies of the role {role.Name}", clients.Connection);
        }
    }

    // Null where the caller may not see it; it may be allowed to change it all the same.
    private async Task<bool?> IsAttachedAsync(LaunchRole role, CancellationToken cancellationToken)
    {
        var request = new ListAttachedRolePoliciesRequest { RoleName = role.Name };
        try
        {
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
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken) && AwsErrors.Classify(exception) == AwsErrorKind.AccessDenied)
        {
            return null;
        }
    }

    private async Task<RoleDeny> AttachAsync(LaunchRole role, CancellationToken cancellationToken)
    {
        await clients.IdentityManagement.AttachRolePolicyAsync(new AttachRolePolicyRequest { RoleName = role.Name, PolicyArn = role.PolicyArn }, cancellationToken);
        return RoleDeny.Attached;
    }

    private async Task<RoleDeny> DetachAsync(LaunchRole role, CancellationToken cancellationToken)
    {
        await clients.IdentityManagement.DetachRolePolicyAsync(new DetachRolePolicyRequest { RoleName = role.Name, PolicyArn = role.PolicyArn }, cancellationToken);
        return RoleDeny.Detached;
    }
}
