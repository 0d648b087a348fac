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
