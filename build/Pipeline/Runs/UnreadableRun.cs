using System.Text.Json;

namespace BuildPipeline.Runs;

/// <summary>A run whose record is missing or cannot be read; its events may still say what it was.</summary>
/// <param name="RunId">The run, by the name of its folder.</param>
/// <param name="File">The record that cannot be read.</param>
/// <param name="Problem">Why, one sentence.</param>
/// <param name="Events">The lines of its event log; empty where that is missing too.</param>
public sealed record UnreadableRun(string RunId, string File, string Problem, IReadOnlyList<string> Events)
{
    /// <summary>True where it may belong to that environment.</summary>
    public bool MayBelongTo(string environment) => Started() is not { } own || own == environment;

    /// <summary>True unless the events say that it was closed, or never came to a job.</summary>
    public bool MayBeOpen()
    {
        var kinds = Events.Select(Read).Select(read => read?.Kind).ToList();
        return !kinds.Contains("run.closed") && (Started() is null || kinds.Exists(kind => kind is null or "run.recovered" || kind.StartsWith("launch.", StringComparison.Ordinal)));
    }

    // The first event names the environment.
    private string? Started() => Events.Select(Read).FirstOrDefault(read => read is { Kind: "run.started" })?.Environment;

    private static (string? Kind, string? Environment)? Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            return (Text(root, "kind"), root.TryGetProperty("detail", out var detail) ? Text(detail, "environment") : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
