using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Sandbox.Protocols;

/// <summary>Reads members of a request document; a member of the wrong kind is a SerializationException.</summary>
internal static class JsonInput
{
    public static string? Text(this JsonObject input, string name) => Read<string>(input, name);

    public static string RequiredText(this JsonObject input, string name) =>
        input.Text(name) ?? throw new AwsError(
            400,
            "ValidationException",
            $"1 validation error detected: Value at '{Camel(name)}' failed to satisfy constraint: Member must not be null");

    public static int? Integer(this JsonObject input, string name) => (int?)input.Number(name);

    public static double? Number(this JsonObject input, string name)
    {
        if (input[name] is not JsonNode node)
        {
            return null;
        }

        return node.GetValueKind() == JsonValueKind.Number
            ? node.GetValue<double>()
            : throw Mismatch(name, "a number");
    }

    public static bool Flag(this JsonObject input, string name) => Read<bool?>(input, name) ?? false;

    public static DateTimeOffset? Time(this JsonObject input, string name) =>
        input.Number(name) is { } seconds ? EpochTime.FromEpochSeconds(seconds) : null;

    public static IReadOnlyList<JsonObject> Objects(this JsonObject input, string name) =>
        [.. (input[name] as JsonArray ?? []).OfType<JsonObject>()];

    public static IReadOnlyList<string> Texts(this JsonObject input, string name) =>
        [.. (input[name] as JsonArray ?? []).Select(item => item!.GetValue<string>())];

    public static IReadOnlyList<double> Numbers(this JsonObject input, string name) =>
        [.. (input[name] as JsonArray ?? []).Select(item => item!.GetValue<double>())];

    /// <summary>A member's name as AWS's validation messages write it.</summary>
    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static T? Read<T>(JsonObject input, string name)
    {
        try
        {
            return input[name] is JsonNode node ? node.Deserialize<T>() : default;
        }
        catch (JsonException)
        {
            throw Mismatch(name, typeof(T) == typeof(string) ? "a string" : "a boolean");
        }
    }

    private static AwsError Mismatch(string name, string expected) =>
        new(400, "SerializationException", $"Member '{Camel(name)}' is not {expected}.");
}
