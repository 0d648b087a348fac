using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>A list that names what is meant, or with Not, what is not.</summary>
internal sealed record PolicyNames(IReadOnlyList<string> Names, bool IsNegated)
{
    /// <returns>Null if neither or both forms are there, or one is malformed.</returns>
    public static PolicyNames? Parse(JsonObject statement, string member, Func<JsonNode?, IReadOnlyList<string>?> read)
    {
        var (plain, negated) = (statement[member], statement["Not" + member]);
        return plain is null == negated is null ? null : read(plain ?? negated) is { } names ? new PolicyNames(names, negated is not null) : null;
    }

    public bool Fit(Func<string, bool> matches) => Names.Any(matches) != IsNegated;
}

/// <summary>One statement of a policy.</summary>
internal sealed record PolicyStatement(
    bool IsDenial, PolicyNames Principal, PolicyNames Action, PolicyNames Resource, IReadOnlyList<PolicyCondition> Conditions)
{
    /// <returns>Null if it has not the form of a statement.</returns>
    public static PolicyStatement? Parse(JsonNode? node) => node is JsonObject statement
        && statement["Effect"]?.ToString() is "Allow" or "Deny"
        && PolicyNames.Parse((JsonObject)node, "Principal", Principals) is { } principal
        && PolicyNames.Parse((JsonObject)node, "Action", PolicyText.Several) is { } action
        && PolicyNames.Parse((JsonObject)node, "Resource", PolicyText.Several) is { } resource
        && PolicyCondition.Parse(node["Condition"]) is { } conditions
            ? new PolicyStatement(node["Effect"]!.ToString() == "Deny", principal, action, resource, conditions)
            : null;

    public bool Applies(PolicyRequest request) =>
        Principal.Fit(request.Principals.Contains)
        && Action.Fit(pattern => PolicyText.Matches(pattern, request.Action, ignoreCase: true))
        && Resource.Fit(pattern => PolicyText.Matches(pattern, request.Resource))
        && Conditions.All(condition => condition.Holds(request.Values(condition.Key)));

    private static IReadOnlyList<string>? Principals(JsonNode? node) => node switch
    {
        JsonValue value when value.ToString() == "*" => ["*"],
        JsonObject kinds => [.. kinds.SelectMany(kind => PolicyText.Several(kind.Value) ?? [])],
        _ => null,
    };
}
