using System.Text.Json;
using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.CloudWatch.Dashboards;

/// <summary>What CloudWatch wants of the body of a dashboard.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html</remarks>
internal static class DashboardBody
{
    private const int MostWidgets = 500;
    private const int Columns = 24;
    private const int Rows = 1000;

    /// <summary>The properties that a widget must have, by its type.</summary>
    private static readonly Dictionary<string, string[]> Required = new(StringComparer.Ordinal)
    {
        ["alarm"] = ["alarms"], ["explorer"] = ["metrics"], ["log"] = ["query", "region"], ["metric"] = ["region"], ["text"] = ["markdown"],
    };

    private static readonly (string Name, int Least, int Most)[] Limits = [("x", 0, Columns - 1), ("y", 0, int.MaxValue), ("width", 1, Columns), ("height", 1, Rows)];

    /// <summary>What is wrong with a body, each with where it is, for example <c>/widgets/0/type</c>.</summary>
    public static IReadOnlyList<(string Path, string Message)> FaultsOf(string text)
    {
        if (JsonText.Parse(text) is not JsonObject body)
        {
            return [("", "The field DashboardBody must be a valid JSON object")];
        }

        return body["widgets"] is not JsonArray widgets ? [("/", "Should have required property 'widgets'")]
            : widgets.Count > MostWidgets ? [("/widgets", $"Should have at most {MostWidgets} widgets")]
            : [.. widgets.Index().SelectMany(widget => FaultsOf(widget.Item, $"/widgets/{widget.Index}"))];
    }

    private static IEnumerable<(string Path, string Message)> FaultsOf(JsonNode? node, string at)
    {
        if (node is not JsonObject widget)
        {
            return [(at, "Should be object")];
        }

        var type = widget["type"]?.GetValueKind() == JsonValueKind.String ? widget["type"]!.GetValue<string>() : "";
        return Required.TryGetValue(type, out var required)
            ? [.. FaultsOfPlace(widget, at), .. FaultsOfProperties(widget["properties"] as JsonObject, type, required, $"{at}/properties")]
            : [($"{at}/type", $"Should be equal to one of the allowed values: {string.Join(", ", Required.Keys)}")];
    }

    private static IEnumerable<(string Path, string Message)> FaultsOfPlace(JsonObject widget, string at) =>
        from limit in Limits
        where widget[limit.Name] is { } value && !IsWithin(value, limit.Least, limit.Most)
        select ($"{at}/{limit.Name}", $"Should be a whole number from {limit.Least} to {limit.Most}");

    private static IEnumerable<(string Path, string Message)> FaultsOfProperties(JsonObject? properties, string type, string[] required, string at)
    {
        if (properties is null)
        {
            return [(at, "Should have required property 'properties'")];
        }

        var missing = required.Where(name => properties[name] is null).Select(name => (at, $"Should have required property '{name}'"));
        return type == "metric" && properties["metrics"] is not JsonArray && properties["annotations"]?["alarms"] is not JsonArray
            ? missing.Append((at, "Should have required property 'metrics', or alarms among the annotations"))
            : missing;
    }

    private static bool IsWithin(JsonNode value, int least, int most) =>
        value.GetValueKind() == JsonValueKind.Number && value.GetValue<double>() is var number && Math.Floor(number) == number && number >= least && number <= most;
}
