using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Events;

/// <summary>What a target is sent of an event.</summary>
internal static partial class TargetInput
{
    /// <summary>What is wrong with the input of a target, or not emulated of it.</summary>
    /// <returns>Null if nothing is.</returns>
    public static string? FaultOf(EventTarget target)
    {
        if (new object?[] { target.Input, target.InputPath, target.InputTransformer }.Count(one => one is not null) > 1)
        {
            return $"Only one of Input, InputPath, or InputTransformer must be provided for target {target.Id}.";
        }

        if (target.Input is { } input && JsonText.Parse(input) is null)
        {
            return $"JSON syntax error in input for target {target.Id}.";
        }

        var paths = target.InputTransformer is { } transformer ? transformer.InputPathsMap.Values : new[] { target.InputPath }.OfType<string>();
        return paths.FirstOrDefault(path => !PathPattern().IsMatch(path)) is { } strange
            ? $"The sandbox does not emulate the path '{strange}' of target {target.Id}: it has names and indices, for example $.detail.list[0].name."
            : null;
    }

    /// <param name="happened">The event.</param>
    public static string Create(EventRule rule, EventTarget target, JsonObject happened)
    {
        if (target.Input is { } constant)
        {
            return constant;
        }

        return target.InputTransformer is { } transformer ? Fill(rule, transformer, happened)
            : Text(target.InputPath is { } path ? Find(happened, path) : happened);
    }

    private static string Fill(EventRule rule, InputTransformer transformer, JsonObject happened)
    {
        var template = transformer.InputTemplate;
        var filled = new StringBuilder();
        var (copied, isQuoted) = (0, false);
        foreach (Match match in PlaceholderPattern().Matches(template))
        {
            isQuoted ^= QuotesIn(template.AsSpan(copied, match.Index - copied)) % 2 == 1;
            filled.Append(template, copied, match.Index - copied).Append(Inserted(Variable(match.Groups[1].Value, rule, transformer, happened), isQuoted));
            copied = match.Index + match.Length;
        }

        return filled.Append(template, copied, template.Length - copied).ToString();
    }

    private static JsonNode? Variable(string name, EventRule rule, InputTransformer transformer, JsonObject happened) => name switch
    {
        "aws.events.rule-arn" => rule.Arn,
        "aws.events.rule-name" => rule.Name,
        "aws.events.event.ingestion-time" => happened["time"],
        "aws.events.event" or "aws.events.event.json" => happened,
        _ => transformer.InputPathsMap.TryGetValue(name, out var path) ? Find(happened, path) : null,
    };

    // Within quotes a text stands for itself, and outside of them it brings its own.
    private static string Inserted(JsonNode? value, bool isQuoted) => !isQuoted ? Text(value)
        : value is JsonValue && value.GetValueKind() == System.Text.Json.JsonValueKind.String ? Text(value)[1..^1]
        : value is null ? ""
        : Text(value).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static int QuotesIn(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            count += text[i] == '"' && (i == 0 || text[i - 1] != '\\') ? 1 : 0;
        }

        return count;
    }

    private static JsonNode? Find(JsonNode happened, string path)
    {
        JsonNode? found = happened;
        foreach (Match step in StepPattern().Matches(path))
        {
            found = (found, step.Groups["name"].Value, step.Groups["index"].Value) switch
            {
                (JsonObject owner, { Length: > 0 } name, _) => owner[name],
                (JsonArray list, _, { Length: > 0 } index) => list.ElementAtOrDefault(int.Parse(index, CultureInfo.InvariantCulture)),
                _ => null,
            };
        }

        return found;
    }

    private static string Text(JsonNode? value) => value?.ToJsonString(SandboxJson.Options) ?? "null";

    [GeneratedRegex(@"\A\$(\.[A-Za-z0-9_-]+|\[\d{1,6}\])*\z")]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"\.(?<name>[A-Za-z0-9_-]+)|\[(?<index>\d+)\]")]
    private static partial Regex StepPattern();

    [GeneratedRegex(@"<([A-Za-z0-9_.-]+)>")]
    private static partial Regex PlaceholderPattern();
}
