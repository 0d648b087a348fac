using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>One statement of a policy.</summary>
/// <param name="Principal">Null in the policies of a role, which are about the role.</param>
/// <param name="Resource">Null in a trust policy, which is about its role.</param>
internal sealed record PolicyStatement(
    string? Sid, bool IsDenial, PrincipalNames? Principal, PolicyNames Action, PolicyNames? Resource, IReadOnlyList<PolicyCondition> Conditions)
{
    private static readonly string[] Members =
        ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    /// <param name="hasVariables">Whether the policy's version has them.</param>
    /// <exception cref="PolicySyntaxException">It has not the form of a statement of such a policy.</exception>
    public static PolicyStatement Parse(JsonNode? node, PolicyKind kind, bool hasVariables)
    {
        if (node is not JsonObject statement)
        {
            throw new PolicySyntaxException("Syntax errors in policy: a statement is not an object.");
        }

        PolicyJson.Only(statement, Members);
        var isDenial = statement["Effect"]?.ToString() switch
        {
            "Allow" => false,
            "Deny" => true,
            var effect => throw new PolicySyntaxException($"Invalid effect: {effect}"),
        };
        var actions = PolicyNames.Parse(statement, "Action", hasVariables: false, ignoresCase: true) ?? throw new PolicySyntaxException("Policy statement must contain actions.");
        if (!actions.Names.All(action => action == "*" || action.Split(':') is [{ Length: > 0 }, { Length: > 0 }]))
        {
            throw new PolicySyntaxException("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
        }

        return new PolicyStatement(
            statement[nameof(Sid)]?.ToString(), isDenial, PrincipalOf(statement, kind), actions,
            ResourceOf(statement, kind, hasVariables), PolicyCondition.Parse(statement["Condition"], hasVariables));
    }

    /// <summary>How the statement means the request; none where it is not about it.</summary>
    public PrincipalMatch MatchOf(PolicyRequest request)
    {
        var match = Principal?.MatchOf(request.Principal) ?? PrincipalMatch.Itself;
        return match != PrincipalMatch.None
            && Action.Fit(request.Action, request.Values)
            && Resource?.Fit(request.Resource, request.Values) != false
            && Conditions.All(condition => condition.Holds(request.Values))
                ? match
                : PrincipalMatch.None;
    }

    private static PrincipalNames? PrincipalOf(JsonObject statement, PolicyKind kind)
    {
        var found = PolicyMember.Find(statement, "Principal");
        return (found, kind) switch
        {
            (null, PolicyKind.Resource or PolicyKind.Trust) => throw new PolicySyntaxException("Missing required field Principal"),
            (null, _) => null,
            (not null, PolicyKind.Resource or PolicyKind.Trust) => new PrincipalNames(PrincipalName.Parse(found.Node), found.IsNegated),
            _ => throw new PolicySyntaxException("Policy document should not specify a principal."),
        };
    }

    private static PolicyNames? ResourceOf(JsonObject statement, PolicyKind kind, bool hasVariables)
    {
        var resource = PolicyNames.Parse(statement, "Resource", hasVariables, ignoresCase: false);
        return (resource, kind) switch
        {
            (not null, PolicyKind.Trust) => throw new PolicySyntaxException("Has prohibited field Resource"),
            (null, not PolicyKind.Trust) => throw new PolicySyntaxException("Policy statement must contain resources."),
            (not null, _) when resource.Names.FirstOrDefault(name => name != "*" && !name.StartsWith("arn:", StringComparison.Ordinal)) is { } invalid =>
                throw new PolicySyntaxException($"Resource {invalid} must be in ARN format or \"*\"."),
            _ => resource,
        };
    }
}
