namespace BuildPipeline.Sandbox.Policies;

/// <summary>What the policies say of a request, and why.</summary>
/// <param name="Reason">The policy that denies, or that fails to allow; null where the request is allowed.</param>
/// <param name="IsExplicit">Whether a statement denies.</param>
/// <param name="Sid">Of the statement that denies, if it has one.</param>
internal sealed record PolicyDecision(PolicyKind? Reason, bool IsExplicit = false, string? Sid = null)
{
    public static PolicyDecision Allowed { get; } = new(Reason: null);

    public bool IsAllowed => Reason is null;

    public static PolicyDecision NotAllowedBy(PolicyKind kind) => new(kind);

    public static PolicyDecision DeniedBy(PolicyKind kind, string? sid) => new(kind, IsExplicit: true, sid);

    /// <summary>AWS's sentence for whoever is refused.</summary>
    public string MessageFor(PolicyRequest request) =>
        $"User: {request.Principal.Name} is not authorized to perform: {request.Action} on resource: {request.Resource} {Clause(request.Action)}";

    private string Clause(string action) => (Reason, IsExplicit) switch
    {
        (PolicyKind.Identity, true) => "with an explicit deny in an identity-based policy",
        (PolicyKind.Boundary, true) => "with an explicit deny in a permissions boundary",
        (PolicyKind.Session, true) => "with an explicit deny in a session policy",
        (PolicyKind.Trust, true) => "with an explicit deny in the role trust policy",
        (_, true) => "with an explicit deny in a resource-based policy",
        (PolicyKind.Identity, _) => $"because no identity-based policy allows the {action} action",
        (PolicyKind.Boundary, _) => $"because no permissions boundary allows the {action} action",
        (PolicyKind.Session, _) => $"because no session policy allows the {action} action",
        (PolicyKind.Trust, _) => $"because no role trust policy allows the {action} action",
        _ => $"because no resource-based policy allows the {action} action",
    };
}
