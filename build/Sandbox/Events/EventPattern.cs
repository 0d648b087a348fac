using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Events;

/// <summary>The pattern of a rule, which decides what events it is for.</summary>
/// <remarks>https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html</remarks>
internal sealed class EventPattern
{
    private static readonly JsonArray Absent = [];

    private readonly JsonObject _pattern;

    private EventPattern(JsonObject pattern) => _pattern = pattern;

    /// <exception cref="FormatException">It is not a pattern, or has a filter that the sandbox does not emulate; the message says where.</exception>
    public static EventPattern Parse(string text)
    {
        var pattern = JsonText.Parse(text) as JsonObject ?? throw new FormatException("Filter is not an object");
        Check(pattern, "");
        return new EventPattern(pattern);
    }

    /// <summary>True where the pattern fits an event.</summary>
    public bool Matches(JsonObject happened) => Matches(_pattern, happened);

    private static void Check(JsonObject pattern, string path)
    {
        if (pattern.Count == 0)
        {
            throw new FormatException(path.Length == 0 ? "Empty patterns are not allowed" : $"Empty objects are not allowed at '{path}'");
        }

        foreach (var (name, part) in pattern)
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            switch (part)
            {
                case var _ when name == "$or":
                    throw new FormatException($"the sandbox does not emulate $or, which is at '{at}'");
                case JsonObject nested:
                    Check(nested, at);
                    break;
                case JsonArray { Count: > 0 } values:
                    CheckValues(values, at);
                    break;
                case JsonArray:
                    throw new FormatException($"Empty arrays are not allowed at '{at}'");
                default:
                    throw new FormatException($"'{at}' must be an object or an array");
            }
        }
    }

    private static void CheckValues(JsonArray values, string at)
    {
        foreach (var filter in values.OfType<JsonObject>())
        {
            if (filter.Count != 1)
            {
                throw new FormatException($"Only one key allowed in match expression at '{at}'");
            }

            if (EventFilter.FaultOf(filter.First().Key, filter.First().Value) is { } fault)
            {
                throw new FormatException($"{fault} at '{at}'");
            }
        }

        if (values.OfType<JsonArray>().Any())
        {
            throw new FormatException($"an array within an array is not allowed at '{at}'");
        }
    }

    // What is absent is an object without members: a filter may want a member of it to be absent.
    private static bool Matches(JsonObject pattern, JsonObject actual) => pattern.All(part => (part.Value, actual[part.Key]) switch
    {
        (JsonObject nested, JsonObject inner) => Matches(nested, inner),
        (JsonObject nested, JsonArray several) => several.OfType<JsonObject>().Any(inner => Matches(nested, inner)),
        (JsonObject nested, null) when !actual.ContainsKey(part.Key) => Matches(nested, []),
        (JsonObject, _) => false,
        (JsonArray values, JsonArray several) => Any(values, several),
        (JsonArray values, var single) when actual.ContainsKey(part.Key) => single is not JsonObject && Any(values, new JsonArray(single?.DeepClone())),
        (JsonArray values, _) => Any(values, Absent),
        _ => false,
    });

    private static bool Any(JsonArray values, JsonArray actual) => values.Any(value => value is JsonObject filter
        ? EventFilter.Matches(filter.First().Key, filter.First().Value, actual)
        : actual.Any(one => JsonNode.DeepEquals(one, value)));
}

/// <summary>The filters of patterns beside equality.</summary>
internal static class EventFilter
{
    private static readonly string[] OfText = ["prefix", "suffix", "equals-ignore-case", "wildcard"];

    private static readonly Dictionary<string, Func<double, double, bool>> Comparisons = new(StringComparer.Ordinal)
    {
        ["="] = (actual, limit) => actual == limit, ["<"] = (actual, limit) => actual < limit, ["<="] = (actual, limit) => actual <= limit,
        [">"] = (actual, limit) => actual > limit, [">="] = (actual, limit) => actual >= limit,
    };

    /// <summary>What is wrong with a filter, or not emulated of it.</summary>
    /// <returns>Null if nothing is.</returns>
    public static string? FaultOf(string name, JsonNode? value) => name switch
    {
        "exists" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : "exists match pattern must be either true or false",
        "numeric" => IsNumeric(value) ? null : "numeric match pattern must be operators and numbers",
        "anything-but" => value switch
        {
            JsonObject { Count: 1 } nested when OfText.Contains(nested.First().Key) => FaultOf(nested.First().Key, nested.First().Value),
            JsonObject => "the sandbox does not emulate this form of anything-but",
            JsonArray { Count: 0 } or null => "anything-but must have values",
            _ => null,
        },
        _ when !OfText.Contains(name) => $"the sandbox does not emulate the filter '{name}', it has anything-but, exists, numeric, {string.Join(", ", OfText)}",
        _ => value?.GetValueKind() == JsonValueKind.String ? null : $"the sandbox emulates {name} with one text only",
    };

    /// <param name="actual">The values of the member in the event; none if it is absent.</param>
    public static bool Matches(string name, JsonNode? value, JsonArray actual) => name switch
    {
        "exists" => value!.GetValue<bool>() == actual.Count > 0,
        "anything-but" => actual.Any(one => !IsBut(value, one)),
        "numeric" => actual.Any(one => one?.GetValueKind() == JsonValueKind.Number && IsWithin(value!.AsArray(), one.GetValue<double>())),
        _ => actual.Any(one => IsLike(name, value!.GetValue<string>(), one)),
    };

    private static bool IsBut(JsonNode? value, JsonNode? actual) => value switch
    {
        JsonObject nested => IsLike(nested.First().Key, nested.First().Value!.GetValue<string>(), actual),
        JsonArray several => several.Any(one => JsonNode.DeepEquals(one, actual)),
        _ => JsonNode.DeepEquals(value, actual),
    };

    private static bool IsLike(string name, string wanted, JsonNode? actual) => actual?.GetValueKind() == JsonValueKind.String && actual.GetValue<string>() is var text && name switch
    {
        "prefix" => text.StartsWith(wanted, StringComparison.Ordinal),
        "suffix" => text.EndsWith(wanted, StringComparison.Ordinal),
        "equals-ignore-case" => text.Equals(wanted, StringComparison.OrdinalIgnoreCase),
        _ => Regex.IsMatch(
            text, $@"\A{Regex.Escape(wanted).Replace(@"\*", ".*", StringComparison.Ordinal)}\z", RegexOptions.Singleline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)),
    };

    private static bool IsNumeric(JsonNode? value) => value is JsonArray { Count: 2 or 4 } parts && parts.Chunk(2).All(pair =>
        pair[0]?.GetValueKind() == JsonValueKind.String && Comparisons.ContainsKey(pair[0]!.GetValue<string>()) && pair[1]?.GetValueKind() == JsonValueKind.Number);

    private static bool IsWithin(JsonArray parts, double actual) =>
        parts.Chunk(2).All(pair => Comparisons[pair[0]!.GetValue<string>()](actual, pair[1]!.GetValue<double>()));
}
