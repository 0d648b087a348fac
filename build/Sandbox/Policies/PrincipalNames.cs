using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>One principal of a statement.</summary>
/// <param name="Kind"><c>AWS</c>, <c>Service</c>, <c>Federated</c> or <c>CanonicalUser</c>.</param>
internal sealed record PrincipalName(string Kind, string Name)
{
    public const string Aws = "AWS";
    public const string OfService = "Service";
    public const string OfFederated = "Federated";
    public const string OfCanonicalUser = "CanonicalUser";

    private static readonly string[] Kinds = [Aws, OfService, OfFederated, OfCanonicalUser];

    /// <summary>Id of the account that is meant as a whole, by its id or its root; null for others.</summary>
    public string? Account { get; } = Name.Length == 12 && Name.All(char.IsAsciiDigit) ? Name
        : Name.Split(':') is ["arn", _, "iam", "", var account, "root"] ? account
        : null;

    /// <exception cref="PolicySyntaxException">The member has not the form of principals.</exception>
    public static IReadOnlyList<PrincipalName> Parse(JsonNode node) => node switch
    {
        JsonValue value when value.ToString() == "*" => [new PrincipalName(Aws, "*")],
        JsonObject { Count: > 0 } kinds => [.. kinds.SelectMany(kind => Kinds.Contains(kind.Key)
            ? PolicyJson.Texts(kind.Value, "Principal").Select(name => Parse(kind.Key, name))
            : throw new PolicySyntaxException($"Unsupported principal type '{kind.Key}'"))],
        _ => throw new PolicySyntaxException("Invalid principal in policy"),
    };

    // Names of principals have no wildcards: one that looks so would be taken for a grant, or a denial, and be none.
    private static PrincipalName Parse(string kind, string name) => name.Length == 0 || (name.Length > 1 && name.Contains('*', StringComparison.Ordinal))
        ? throw new PolicySyntaxException($"Invalid principal in policy: \"{kind}\":\"{name}\"")
        : new PrincipalName(kind, name);
}

/// <summary>The principals that a statement is about, or with Not, those that it is not about.</summary>
internal sealed record PrincipalNames(IReadOnlyList<PrincipalName> Names, bool IsNegated)
{
    public PrincipalMatch MatchOf(PolicyPrincipal principal) =>
        !IsNegated ? Names.Select(principal.MatchOf).DefaultIfEmpty().Max()
        : principal.IsExceptedBy(Names) ? PrincipalMatch.None
        : PrincipalMatch.Itself;
}
