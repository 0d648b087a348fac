using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>A policy, compiled.</summary>
internal sealed record PolicyDocument(PolicyKind Kind, IReadOnlyList<PolicyStatement> Statements)
{
    /// <summary>The version that has variables; a policy without a version is of the older one.</summary>
    private const string Current = "2012-10-17";

    private static readonly string[] Versions = ["2008-10-17", Current];

    /// <exception cref="PolicySyntaxException">The text is no policy of that kind, or has a part that nobody could evaluate.</exception>
    public static PolicyDocument Parse(string text, PolicyKind kind)
    {
        var document = PolicyJson.Document(text);
        PolicyJson.Only(document, ["Version", "Id", "Statement"]);
        var version = document["Version"]?.ToString();
        if (version is not null && !Versions.Contains(version))
        {
            throw new PolicySyntaxException("The policy must contain a valid version string");
        }

        JsonNode?[] statements = document["Statement"] switch
        {
            JsonArray { Count: > 0 } several => [.. several],
            JsonObject one => [one],
            _ => throw new PolicySyntaxException("Missing required field Statement"),
        };
        var parsed = statements.Select(statement => PolicyStatement.Parse(statement, kind, version == Current)).ToList();

        // IAM wants the ids to differ; the policy of a resource may repeat them.
        return kind != PolicyKind.Resource
            && parsed.Where(statement => statement.Sid is not null).GroupBy(statement => statement.Sid).FirstOrDefault(same => same.Skip(1).Any()) is { } twice
            ? throw new PolicySyntaxException($"Statement IDs (SID) in a single policy must be unique, but '{twice.Key}' is not.")
            : new PolicyDocument(kind, parsed);
    }

    /// <returns>Null if the text is no policy of that kind.</returns>
    public static PolicyDocument? ParseOrNull(string text, PolicyKind kind)
    {
        try
        {
            return Parse(text, kind);
        }
        catch (PolicySyntaxException)
        {
            return null;
        }
    }

    /// <summary>The first statement that denies a request; null if none does.</summary>
    public PolicyStatement? DenialOf(PolicyRequest request) =>
        Statements.FirstOrDefault(statement => statement.IsDenial && statement.MatchOf(request) != PrincipalMatch.None);

    /// <summary>The strongest grant of the statements that allow a request; none where no statement does.</summary>
    public PrincipalMatch GrantOf(PolicyRequest request) =>
        Statements.Where(statement => !statement.IsDenial).Select(statement => statement.MatchOf(request)).DefaultIfEmpty().Max();

    /// <summary>True where a statement allows it and none denies it.</summary>
    public bool Permits(PolicyRequest request) => GrantOf(request) != PrincipalMatch.None && DenialOf(request) is null;
}
