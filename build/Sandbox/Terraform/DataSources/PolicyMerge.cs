using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Terraform.Rules;

namespace BuildPipeline.Sandbox.Terraform.DataSources;

/// <summary>Puts policies together: sources must not share a Sid, an overriding statement takes the place of its namesake.</summary>
internal sealed class PolicyMerge
{
    public List<JsonObject> Statements { get; } = [];

    public string? Version { get; private set; }

    public string? Id { get; private set; }

    /// <returns>Null if the text is not a JSON object.</returns>
    public static JsonObject? TryParse(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Add(string json, string attribute)
    {
        if (json.Length > 0)
        {
            Add(Take(json, attribute), attribute);
        }
    }

    public void Add(IReadOnlyList<JsonObject> statements, string attribute)
    {
        foreach (var statement in statements)
        {
            if (SidOf(statement) is { } sid && Statements.Exists(other => SidOf(other) == sid))
            {
                throw new ResourceError(
                    $"duplicate Sid ({sid})", "Statements of sources and of the document itself need different Sids, or none.", attribute);
            }

            Statements.Add(statement);
        }
    }

    public void Override(string json)
    {
        foreach (var statement in json.Length == 0 ? [] : Take(json, "override_policy_documents"))
        {
            var same = SidOf(statement) is { } sid ? Statements.FindIndex(other => SidOf(other) == sid) : -1;
            if (same < 0)
            {
                Statements.Add(statement);
            }
            else
            {
                Statements[same] = statement;
            }
        }
    }

    private List<JsonObject> Take(string json, string attribute)
    {
        var policy = TryParse(json) ?? throw new ResourceError($"{attribute} is not a valid JSON policy", json, attribute);
        Version = policy[nameof(Version)]?.GetValue<string>() ?? Version;
        Id = policy[nameof(Id)]?.GetValue<string>() ?? Id;
        return policy["Statement"] switch
        {
            JsonArray many => [.. many.OfType<JsonObject>()],
            JsonObject single => [single],
            _ => [],
        };
    }

    private static string? SidOf(JsonObject statement) => statement["Sid"]?.GetValue<string>() is { Length: > 0 } sid ? sid : null;
}
