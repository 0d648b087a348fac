using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Policies;

/// <summary>Reads the JSON of policies, in which one text stands for a list of one.</summary>
internal static class PolicyJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="PolicySyntaxException">The text is no JSON object, or names a member twice.</exception>
    public static JsonObject Document(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict) as JsonObject ?? throw new PolicySyntaxException("Syntax errors in policy.");
        }
        catch (JsonException)
        {
            throw new PolicySyntaxException("Syntax errors in policy.");
        }
    }

    /// <param name="member">The member's name, for the message.</param>
    /// <exception cref="PolicySyntaxException">The member is neither text, number or flag, nor a list of those.</exception>
    public static IReadOnlyList<string> Texts(JsonNode? node, string member) => node switch
    {
        JsonValue value => [value.ToString()],
        JsonArray items when items.All(item => item is JsonValue) => [.. items.Select(item => item!.ToString())],
        _ => throw new PolicySyntaxException($"Syntax errors in policy: the value of {member} is not valid."),
    };

    /// <exception cref="PolicySyntaxException">The object has a member that policies have not.</exception>
    public static void Only(JsonObject node, IReadOnlyCollection<string> members)
    {
        if (node.FirstOrDefault(member => !members.Contains(member.Key)).Key is { } unknown)
        {
            throw new PolicySyntaxException($"Syntax errors in policy: unknown element '{unknown}'.");
        }
    }
}
