using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BuildPipeline.Tracking;

/// <summary>The tracker that is always there: a file of the run, one line a parameter, tag, value or state, in which nothing is rewritten. Of a tag or state the last line counts.</summary>
/// <param name="file">Absolute path.</param>
public sealed class JsonLinesTracker(string file) : ITracker
{
    private KnownRun? _known;

    /// <inheritdoc/>
    public string Name => file;

    /// <inheritdoc/>
    public bool IsLocal => true;

    /// <inheritdoc/>
    public async Task<TrackerReport> SendAsync(TrackedRun run, CancellationToken cancellationToken)
    {
        try
        {
            var known = _known ?? Read();
            _known = null;
            var difference = RunDifference.Between(known, run);
            if (!difference.IsEmpty)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                await File.AppendAllTextAsync(file, Text(difference), cancellationToken);
            }

            known.Add(difference);
            _known = known;
            return new TrackerReport(null, []);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrackerException(exception.Message, exception);
        }
    }

    // A line that an ended process did not finish is ended first.
    private string Text(RunDifference difference)
    {
        var text = new StringBuilder(EndsInLine() ? "" : "\n");
        foreach (var line in Lines(difference))
        {
            text.Append(line.ToJsonString(RunJson.Compact)).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<JsonObject> Lines(RunDifference difference)
    {
        foreach (var (kind, key, value) in difference.Params.Select(entry => ("param", entry.Key, entry.Value)).Concat(difference.Tags.Select(entry => ("tag", entry.Key, entry.Value))))
        {
            yield return new JsonObject { ["kind"] = kind, ["key"] = key, ["value"] = value };
        }

        foreach (var point in difference.Metrics)
        {
            yield return new JsonObject
            {
                ["kind"] = "metric", ["key"] = point.Name, ["step"] = point.Step, ["timestamp"] = point.At.ToUnixTimeMilliseconds(), ["value"] = MlflowBatch.ValueOf(point.Value),
            };
        }

        if (difference.State is { } state)
        {
            yield return new JsonObject { ["kind"] = "state", ["value"] = state.ToString().ToLowerInvariant(), ["timestamp"] = difference.EndedAt };
        }
    }

    private bool EndsInLine()
    {
        if (!File.Exists(file))
        {
            return true;
        }

        using var stream = File.OpenRead(file);
        if (stream.Length == 0)
        {
            return true;
        }

        stream.Position = stream.Length - 1;
        return stream.ReadByte() == '\n';
    }

    private KnownRun Read()
    {
        var known = new KnownRun();
        foreach (var line in File.Exists(file) ? File.ReadLines(file) : [])
        {
            try
            {
                Read(JsonNode.Parse(line)!.AsObject(), known);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException or NullReferenceException)
            {
                // Not a whole line; what it had is written again.
            }
        }

        return known;
    }

    private static void Read(JsonObject line, KnownRun known)
    {
        var (kind, value) = (line["kind"]!.GetValue<string>(), line["value"]!);
        switch (kind)
        {
            case "param":
                known.Params[line["key"]!.GetValue<string>()] = value.GetValue<string>();
                break;
            case "tag":
                known.Tags[line["key"]!.GetValue<string>()] = value.GetValue<string>();
                break;
            case "metric":
                known.Metrics.Add(new MetricKey(line["key"]!.GetValue<string>(), line["step"]!.GetValue<long>(), line["timestamp"]!.GetValue<long>()));
                break;
            case "state":
                (known.State, known.EndedAt) = (Enum.Parse<TrackedState>(value.GetValue<string>(), ignoreCase: true), line["timestamp"]?.GetValue<long>());
                break;
        }
    }
}
