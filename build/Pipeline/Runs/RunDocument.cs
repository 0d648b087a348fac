using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BuildPipeline.Runs;

/// <summary>The JSON document of a run: <c>run.json</c>, and what the events of the run add up to.</summary>
public static partial class RunDocument
{
    private const string Schema = "schema_version";
    private const int MostUnknown = 50;

    /// <summary>The document of a record.</summary>
    public static JsonObject Create(RunRecord run) => JsonSerializer.SerializeToNode(run with { LastEvent = null, SchemaVersion = Math.Max(run.SchemaVersion, RunRecord.CurrentSchema) }, RunJson.Compact)!.AsObject();

    /// <summary>Reads the record of a document. What a newer version has written is read as far as this one knows it.</summary>
    /// <exception cref="JsonException">It is not the document of a run.</exception>
    public static RunRecord Read(JsonObject document)
    {
        var known = Current(document);
        return known[Schema] is JsonValue value && value.TryGetValue<int>(out var version) && version > RunRecord.CurrentSchema ? ReadKnown(known) : Deserialize(known);
    }

    /// <summary>Reads the record in a file.</summary>
    /// <exception cref="JsonException">It is not the document of a run.</exception>
    public static RunRecord Read(byte[] json) =>
        JsonNode.Parse(json) is JsonObject document ? Read(document) : throw new JsonException("The document is not an object.");

    // Versions 1 and 2 were written as "format": "run/1". Version 1 has no closed_at: such a run was closed when a target ended on its result.
    private static JsonObject Current(JsonObject document)
    {
        var format = document["format"]?.ToString();
        if (format is not ("run/1" or "run/2"))
        {
            return document;
        }

        var current = FormerNames.Replace(document)!.AsObject();
        current.Remove("format");
        current[Schema] = RunRecord.CurrentSchema;
        if (format == "run/1" && Deserialize(current).State.CanClose())
        {
            current["closed_at"] = current["ended_at"]?.DeepClone();
        }

        return current;
    }

    // A value that this version does not know, such as a new word of an enum, is left out.
    private static RunRecord ReadKnown(JsonObject document)
    {
        var known = document.DeepClone().AsObject();
        for (var unknown = 0; ; unknown++)
        {
            try
            {
                return Deserialize(known);
            }
            catch (JsonException exception) when (unknown < MostUnknown && Remove(known, exception.Path ?? "$"))
            {
                // Without it.
            }
        }
    }

    private static bool Remove(JsonObject document, string path)
    {
        JsonNode? found = document;
        foreach (Match step in StepPattern().Matches(path))
        {
            found = step.Groups["name"] is { Success: true } name
                ? (found as JsonObject)?[name.Value]
                : (found as JsonArray)?[int.Parse(step.Groups["index"].Value, CultureInfo.InvariantCulture)];
        }

        return found?.Parent switch
        {
            JsonObject parent => parent.Remove(found.GetPropertyName()),
            JsonArray parent => parent.Remove(found),
            _ => false,
        };
    }

    private static RunRecord Deserialize(JsonObject document) =>
        document.Deserialize<RunRecord>(RunJson.Compact) ?? throw new JsonException("The document is null.");

    [GeneratedRegex(@"\.(?<name>[^.\[\]]+)|\[(?<index>[0-9]+)\]")]
    private static partial Regex StepPattern();
}
