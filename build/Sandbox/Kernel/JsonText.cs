using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Kernel;

/// <summary>Texts that are meant to be JSON.</summary>
internal static class JsonText
{
    /// <returns>Null if the text is not JSON, or is <c>null</c>.</returns>
    public static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
