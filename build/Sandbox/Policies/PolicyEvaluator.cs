namespace BuildPipeline.Sandbox.Policies;

/// <summary>
/// Decides as AWS does: what a policy denies is denied; what no policy allows is denied, too. Within an account one of the identity-based policies and
/// the resource's policy suffices, between accounts it takes both. Boundary and session policy limit what the role has, not what the resource's policy
/// gives to the session by its name.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html</remarks>
internal static class PolicyEvaluator
{
    public static PolicyDecision Decide(PolicyRequest request, PolicySet policies)
    {
        foreach (var policy in policies.All)
        {
            if (policy.DenialOf(request) is { } denial)
            {
                return PolicyDecision.DeniedBy(policy.Kind, denial.Sid);
            }
        }

        var grant = policies.Resource?.Document?.GrantOf(request) ?? PrincipalMatch.None;
        var kind = policies.Resource?.Document?.Kind ?? PolicyKind.Resource;
        if (request.Principal.Account is null)
        {
            return grant == PrincipalMatch.None ? PolicyDecision.NotAllowedBy(kind) : PolicyDecision.Allowed;
        }

        if (policies.Resource is { } resource && resource.Account != request.Principal.Account)
        {
            return grant == PrincipalMatch.None ? Either(OfRole(request, policies), PolicyDecision.NotAllowedBy(kind)) : OfRole(request, policies);
        }

        return grant switch
        {
            PrincipalMatch.Itself => PolicyDecision.Allowed,
            PrincipalMatch.Role => Limits(request, policies),
            PrincipalMatch.None when policies.Resource?.Decides == true => PolicyDecision.NotAllowedBy(kind),
            _ => OfRole(request, policies),
        };
    }

    private static PolicyDecision Either(PolicyDecision first, PolicyDecision second) => first.IsAllowed ? second : first;

    /// <summary>What the role may do by its own policies, within their limits.</summary>
    private static PolicyDecision OfRole(PolicyRequest request, PolicySet policies) =>
        policies.Identity.Any(policy => Allows(policy, request)) ? Limits(request, policies) : PolicyDecision.NotAllowedBy(PolicyKind.Identity);

    private static PolicyDecision Limits(PolicyRequest request, PolicySet policies) =>
        policies.Boundary is { } boundary && !Allows(boundary, request) ? PolicyDecision.NotAllowedBy(PolicyKind.Boundary)
        : policies.Session is { } session && !Allows(session, request) ? PolicyDecision.NotAllowedBy(PolicyKind.Session)
        : PolicyDecision.Allowed;

    private static bool Allows(PolicyDocument policy, PolicyRequest request) => policy.GrantOf(request) != PrincipalMatch.None;
}
