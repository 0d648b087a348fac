using BuildPipeline.Sandbox.Authorization;
using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Policies;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Identity;

/// <summary>A service of AWS that acts as a role.</summary>
/// <param name="Principal">As trust policies have it, for example <c>codebuild.amazonaws.com</c>.</param>
/// <param name="SourceArn">What it acts for, the key <c>aws:SourceArn</c>.</param>
internal sealed record ServiceActor(string Principal, string SourceArn);

/// <summary>Sessions of roles that services act as, under the roles' trust policies.</summary>
internal sealed class ServiceRoles(IIdentityPolicies identities, Authorizer authorizer, Sessions sessions, TimeProvider time)
{
    private const string Service = "sts";

    /// <summary>Asks whether a service may act as a role.</summary>
    /// <exception cref="AwsError">AccessDenied: there is no such role, or its trust policy does not let the service.</exception>
    public void Require(string roleArn, ServiceActor actor) => _ = Find(roleArn, actor);

    /// <param name="sessionName">Name of the session.</param>
    /// <param name="duration">How long it lasts.</param>
    /// <inheritdoc cref="Require"/>
    public SessionCredentials Start(string roleArn, ServiceActor actor, string sessionName, TimeSpan duration)
    {
        var (access, now) = (Find(roleArn, actor), time.GetUtcNow());
        var role = RoleArn.Parse(roleArn);
        return sessions.Issue(role.Account, role.Name, access.Id, new RoleSession(roleArn, sessionName, now, now + duration, access.Tags, []));
    }

    private RoleAccess Find(string roleArn, ServiceActor actor)
    {
        var account = actor.SourceArn.Split(':')[4];
        var request = new PolicyRequest("sts:AssumeRole", roleArn, PolicyPrincipal.Service(actor.Principal), key => key.ToUpperInvariant() switch
        {
            "AWS:SOURCEARN" => [actor.SourceArn],
            "AWS:SOURCEACCOUNT" => [account],
            "AWS:PRINCIPALISAWSSERVICE" => ["true"],
            "AWS:PRINCIPALSERVICENAME" => [actor.Principal],
            _ => [],
        });
        return identities.Find(roleArn) is { } access && PolicyEvaluator.Decide(request, new PolicySet([], Resource: Trust(access, account))).IsAllowed
            ? access
            : throw AuthorizationErrors.Of(Service, $"{actor.Principal} is not authorized to perform: sts:AssumeRole on resource: {roleArn}");
    }

    private ResourcePolicy Trust(RoleAccess role, string account) => authorizer.PolicyOf(role.TrustPolicy, account, PolicyKind.Trust, decides: true);
}
