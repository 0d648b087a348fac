using System.Runtime.CompilerServices;
using BuildPipeline.Sandbox.Iam;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Policies;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Authorization;

/// <summary>The compiled policies of callers. A text is compiled once: IAM gives out the same text until another is put.</summary>
internal sealed class RolePolicies(IIdentityPolicies identities, SandboxSettings settings)
{
    /// <summary>What the sandbox says of users, and of the roles of other accounts, which nobody has created.</summary>
    private static readonly PolicySet Unlimited = new([PolicyDocument.Parse(
        """{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}""", PolicyKind.Identity)]);

    private readonly ConditionalWeakTable<string, PolicyDocument> _identity = [];
    private readonly ConditionalWeakTable<string, PolicyDocument> _boundary = [];
    private readonly ConditionalWeakTable<string, PolicyDocument> _resource = [];
    private readonly ConditionalWeakTable<string, PolicyDocument> _trust = [];

    /// <summary>The condition key of a role's permissions boundary.</summary>
    public const string BoundaryKey = "iam:PermissionsBoundary";

    // A request that sets a boundary has the one that it sets.
    private static readonly HashSet<string> OnBounded = new(StringComparer.OrdinalIgnoreCase)
    {
        "iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePolicy",
    };

    /// <summary>What the policies ask of a role that a permission is on; null if it is on none.</summary>
    public ResourceFacts? FactsOf(Permission permission) =>
        permission.Action.StartsWith("iam:", StringComparison.OrdinalIgnoreCase) && identities.Find(permission.Resource) is { } role
            ? new ResourceFacts(role.Tags) { Boundary = OnBounded.Contains(permission.Action) ? role.Boundary?.Name : null }
            : null;

    /// <summary>A role that does not exist any more has no policies.</summary>
    public PolicySet Of(Caller caller)
    {
        if (caller.Session is not { } session || caller.Account != settings.AccountId)
        {
            return Unlimited;
        }

        return identities.Find(session.RoleArn) is not { } role ? new PolicySet([]) : new PolicySet(
            [.. role.Policies.Select(policy => Compile(policy.Document, PolicyKind.Identity))],
            role.Boundary is { } boundary ? Compile(boundary.Document, PolicyKind.Boundary) : null);
    }

    public PolicyDocument Compile(string text, PolicyKind kind) => (kind switch
    {
        PolicyKind.Identity => _identity,
        PolicyKind.Boundary => _boundary,
        PolicyKind.Trust => _trust,
        _ => _resource,
    }).GetValue(text, document => PolicyDocument.Parse(document, kind));
}
