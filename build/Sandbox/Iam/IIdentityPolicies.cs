namespace BuildPipeline.Sandbox.Iam;

/// <summary>A policy that is evaluated with an identity.</summary>
/// <param name="Name">Its own name; of a managed policy its ARN.</param>
/// <param name="Document">JSON that IAM has checked.</param>
internal sealed record IdentityPolicy(string Name, string Document);

/// <summary>What IAM has on a role for whoever decides on requests of its sessions.</summary>
/// <param name="Arn">With the role's path.</param>
/// <param name="Id">The role's unique id, with which the user ids of its sessions begin.</param>
/// <param name="TrustPolicy">Who may assume the role, as a policy document.</param>
/// <param name="MaxSessionSeconds">How long a session that nobody chained can last.</param>
/// <param name="Policies">The inline policies and the attached ones in their default versions.</param>
/// <param name="Boundary">The permissions boundary; null if there is none.</param>
internal sealed record RoleAccess(
    string Arn, string Id, string TrustPolicy, int MaxSessionSeconds, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<IdentityPolicy> Policies,
    IdentityPolicy? Boundary);

/// <summary>An OpenID Connect provider that the account trusts.</summary>
/// <param name="ClientIds">The audiences that its tokens may have.</param>
internal sealed record TrustedProvider(string Arn, IReadOnlyList<string> ClientIds);

/// <summary>The roles of the account and their policies, and the identity providers that it trusts, as they are now.</summary>
internal interface IIdentityPolicies
{
    /// <returns>Null if the account has no role of the ARN.</returns>
    RoleAccess? Find(string roleArn);

    /// <param name="issuer">A token's issuer, with its scheme or without.</param>
    /// <returns>Null if the account has no such provider.</returns>
    TrustedProvider? FindProvider(string issuer);
}
