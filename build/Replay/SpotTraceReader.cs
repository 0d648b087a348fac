using System.Text.Json;

namespace BuildPipeline.Replay;

/// <summary>Reads traces of the form <c>{"metadata":{"gap_seconds":G},"data":[n0,n1,...]}</c>.</summary>
public static class SpotTraceReader
{
    /// <summary>Reads every <c>*.json</c> below a folder, by its path in that folder.</summary>
    /// <exception cref="PipelineException">The folder is missing or empty, or a file is not a trace.</exception>
    public static IReadOnlyDictionary<string, SpotTrace> ReadFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new PipelineException(ReplayErrors.NoTraces, $"The traces folder {folder} does not exist. Name one with --traces=DIR.");
        }

        var traces = Texts(folder)
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => Read(file.Name, file.Text))
            .ToDictionary(trace => trace.Name, StringComparer.Ordinal);
        return traces.Count > 0 ? traces : throw new PipelineException(ReplayErrors.NoTraces, $"The traces folder {folder} has no *.json files.");
    }

    /// <summary>Reads one trace.</summary>
    /// <param name="name">What messages and jobs call it.</param>
    /// <param name="json">The file's text.</param>
    /// <exception cref="PipelineException">The text is not a trace: what is wrong, at which sample.</exception>
    public static SpotTrace Read(string name, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new SpotTrace(name, GapSeconds(name, root) / 3600, Samples(name, root));
        }
        catch (JsonException error)
        {
            throw new PipelineException(ReplayErrors.InvalidTrace, $"The trace {name} is not valid JSON (line {error.LineNumber + 1}). It may be truncated.");
        }
    }

    private static List<(string Name, string Text)> Texts(string folder)
    {
        try
        {
            return
            [
                .. FolderWalk.Files(new DirectoryInfo(folder), entry => entry is DirectoryInfo || entry.Extension == ".json")
                    .Select(file => (Path.GetRelativePath(folder, file.FullName).Replace('\\', '/'), File.ReadAllText(file.FullName))),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException(ReplayErrors.NoTraces, $"The traces folder {folder} cannot be read: {exception.Message.TrimEnd('.')}.", exception);
        }
    }

    private static double GapSeconds(string name, JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty("gap_seconds", out var gap) && gap.ValueKind == JsonValueKind.Number && gap.GetDouble() is > 0 and <= 86_400
            ? gap.GetDouble()
            : throw new PipelineException(ReplayErrors.InvalidTrace, $"The trace {name} needs metadata.gap_seconds, the seconds between two samples: above 0 and at most 86400.");

    private static int[] Samples(string name, JsonElement root)
    {
        if (!root.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array || data.GetArrayLength() == 0)
        {
            throw new PipelineException(ReplayErrors.InvalidTrace, $"The trace {name} has no samples. data must be an array of instance counts.");
        }

        var samples = data.EnumerateArray().Select((value, tick) => Sample(name, tick, value)).ToArray();
        return samples.Any(sample => sample > 0)
            ? samples
            : throw new PipelineException(ReplayErrors.InvalidTrace, $"The trace {name} is never available. If 0 means available, the values are inverted.");
    }

    private static int Sample(string name, int tick, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt32(out var count) && count >= 0 => count,
        JsonValueKind.Number when value.GetDouble() < 0 => throw new PipelineException(
            ReplayErrors.InvalidTrace, $"The trace {name} has {value.GetRawText()} at tick {tick}. Values are instances available, 0 or more, not instances lost."),
        JsonValueKind.Number => throw new PipelineException(ReplayErrors.InvalidTrace, $"The trace {name} has {value.GetRawText()} at tick {tick}. Values are whole numbers of instances."),
        JsonValueKind.Null => throw new PipelineException(ReplayErrors.InvalidTrace, $"The trace {name} has a gap at tick {tick} (null). Cut the trace there, or fill the gap."),
        _ => throw new PipelineException(ReplayErrors.InvalidTrace, $"The trace {name} has {value.GetRawText()} at tick {tick}, which is not a number."),
    };
}
