using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>A policy of a resource that is no bucket.</summary>
internal sealed record PolicyDocument(IReadOnlyList<PolicyStatement> Statements)
{
    /// <returns>Null if the text has not the form of a policy.</returns>
    public static PolicyDocument? Parse(string text)
    {
        JsonNode?[] statements = (JsonText.Parse(text) as JsonObject)?["Statement"] switch
        {
            JsonArray several => [.. several],
            null => [],
            var one => [one],
        };
        var parsed = statements.Select(PolicyStatement.Parse).ToList();
        return parsed.Count == 0 || parsed.Contains(null) ? null : new PolicyDocument([.. parsed.OfType<PolicyStatement>()]);
    }

    /// <summary>True where a statement allows it and none denies it.</summary>
    public bool Permits(PolicyRequest request) =>
        Statements.Any(statement => !statement.IsDenial && statement.Applies(request))
        && !Statements.Any(statement => statement.IsDenial && statement.Applies(request));
}
