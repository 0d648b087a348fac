using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>A list that names the actions or resources that are meant, or with Not, those that are not.</summary>
internal sealed record PolicyNames(IReadOnlyList<string> Names, bool IsNegated, IReadOnlyList<PolicyPattern> Patterns)
{
    /// <param name="member">For example <c>Action</c>, or <c>NotAction</c> in its place.</param>
    /// <returns>Null if the statement has neither form.</returns>
    /// <exception cref="PolicySyntaxException">Both forms are there, or one is malformed.</exception>
    public static PolicyNames? Parse(JsonObject statement, string member, bool hasVariables, bool ignoresCase)
    {
        if (PolicyMember.Find(statement, member) is not { } found)
        {
            return null;
        }

        var names = PolicyJson.Texts(found.Node, member);
        return names.Count == 0
            ? throw new PolicySyntaxException($"Policy statement must contain {(member == "Action" ? "actions" : "resources")}.")
            : new PolicyNames(names, found.IsNegated, [.. names.Select(name => PolicyPattern.Parse(name, hasVariables, ignoresCase: ignoresCase))]);
    }

    public bool Fit(string text, PolicyValues values) => Patterns.Any(pattern => pattern.Matches(text, values)) != IsNegated;
}

/// <summary>A member of a statement that can be negated by its name.</summary>
internal sealed record PolicyMember(JsonNode Node, bool IsNegated)
{
    /// <returns>Null if the statement has neither form.</returns>
    /// <exception cref="PolicySyntaxException">Both forms are there.</exception>
    public static PolicyMember? Find(JsonObject statement, string name) => (statement[name], statement["Not" + name]) switch
    {
        (null, null) => null,
        ({ } node, null) => new PolicyMember(node, IsNegated: false),
        (null, { } node) => new PolicyMember(node, IsNegated: true),
        _ => throw new PolicySyntaxException($"Syntax errors in policy: a statement has {name} and Not{name}."),
    };
}
