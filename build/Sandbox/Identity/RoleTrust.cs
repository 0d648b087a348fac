using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Policies;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>Who may assume a role, as its trust policy has it. Roles of other accounts, which nobody has created, trust everybody.</summary>
internal sealed class RoleTrust(IIdentityPolicies identities, Authorizer authorizer, SandboxSettings settings)
{
    private const string Service = "sts";

    /// <summary>Holds a call of AssumeRole against the caller's policies and the role's trust policy.</summary>
    /// <returns>What IAM has on the role; null for one of another account.</returns>
    /// <exception cref="AwsError">AccessDenied, or the session would be too long.</exception>
    public RoleAccess? Require(RoleArn role, AwsCall call)
    {
        var access = identities.Find(role.Text);
        if (access is null && role.Account == settings.AccountId)
        {
            throw AuthorizationErrors.Of(Service, $"User: {call.Caller?.Arn} is not authorized to perform: sts:AssumeRole on resource: {role.Text}");
        }

        if (access is null && call.Caller?.Session is null)
        {
            return null;
        }

        var trust = access is null ? null : authorizer.PolicyOf(access.TrustPolicy, role.Account, PolicyKind.Trust, decides: true);
        foreach (var permission in PermissionTable.Of(new OperationCall(Service, "AssumeRole", call.Input, call.Region, role.Account)))
        {
            authorizer.Require(Service, call.Caller!, permission, call.Region, trust);
        }

        CheckDuration(access, call);
        return access;
    }

    /// <summary>Holds what an identity provider says of somebody against the role's trust policy.</summary>
    /// <returns>What IAM has on the role; null for one of another account.</returns>
    /// <exception cref="AwsError">AccessDenied, the account does not know the provider or the audience, or the session would be too long.</exception>
    public RoleAccess? Require(RoleArn role, WebIdentityToken token, AwsCall call)
    {
        if (identities.Find(role.Text) is not { } access)
        {
            return role.Account == settings.AccountId ? throw NotTrusted() : null;
        }

        var provider = identities.FindProvider(token.Issuer)
            ?? throw new AwsError(400, "InvalidIdentityToken", $"No OpenIDConnect provider found in your account for {token.Issuer}");
        if (!provider.ClientIds.Contains(token.Audience))
        {
            throw new AwsError(400, "InvalidIdentityToken", "Incorrect token audience");
        }

        var issuer = provider.Arn.Split("oidc-provider/")[^1];
        var keys = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            [issuer + ":aud"] = token.Audience,
            [issuer + ":sub"] = token.Subject,
            ["aws:FederatedProvider"] = provider.Arn,
            ["sts:RoleSessionName"] = call.Input.RequiredText("RoleSessionName"),
        };
        foreach (var (name, value) in token.Claims)
        {
            keys[$"{issuer}:{name}"] = value;
        }

        var request = new PolicyRequest(
            "sts:AssumeRoleWithWebIdentity", role.Text, new PolicyPrincipal(PrincipalName.OfFederated, provider.Arn),
            key => keys.TryGetValue(key, out var value) ? [value] : []);
        if (!PolicyEvaluator.Decide(request, new PolicySet([], Resource: authorizer.PolicyOf(access.TrustPolicy, role.Account, PolicyKind.Trust, decides: true))).IsAllowed)
        {
            throw NotTrusted();
        }

        CheckDuration(access, call);
        return access;
    }

    private static AwsError NotTrusted() => AuthorizationErrors.Of(Service, "Not authorized to perform sts:AssumeRoleWithWebIdentity");

    private static void CheckDuration(RoleAccess? access, AwsCall call)
    {
        if (access is not null && call.Input.Integer("DurationSeconds") > access.MaxSessionSeconds)
        {
            throw new AwsError(400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }
    }
}
