namespace BuildPipeline.Sandbox.Iam;

/// <summary>Puts together what the store has on a role.</summary>
internal sealed class IdentityPolicies(IamStore store) : IIdentityPolicies
{
    public RoleAccess? Find(string roleArn)
    {
        lock (store.Gate)
        {
            return store.FindRole(roleArn) is { } role
                ? new RoleAccess(
                    role.Arn, role.Id, role.TrustPolicy, role.MaxSessionSeconds, role.Tags,
                    [.. role.Inline.Select(policy => new IdentityPolicy(policy.Key, policy.Value)), .. role.Attached.Select(Managed)],
                    role.Boundary is { } boundary ? Managed(boundary) : null)
                : null;
        }
    }

    public TrustedProvider? FindProvider(string issuer)
    {
        var url = IssuerUrl.WithoutScheme(issuer);
        return store.Providers.FirstOrDefault(provider => provider.Url == url) is { } found ? new TrustedProvider(found.Arn, found.ClientIds) : null;
    }

    // A policy that a role uses cannot be deleted.
    private IdentityPolicy Managed(string arn) => new(arn, store.FindPolicy(arn)!.Document);
}

/// <summary>The address of an identity provider.</summary>
internal static class IssuerUrl
{
    public const string Scheme = "https://";

    public static string WithoutScheme(string url) => url.StartsWith(Scheme, StringComparison.Ordinal) ? url[Scheme.Length..] : url;
}
