using System.Text;
using System.Text.Json;

namespace BuildPipeline.Journal;

/// <summary>Events in a folder on this machine: <c>RUN-ID/events.jsonl</c>, one line an event. It is the copy for reading, and a store of its own in tests.</summary>
/// <param name="artifacts">The folder that has the runs.</param>
/// <param name="time">This machine's clock.</param>
public sealed class FolderEventStore(ArtifactsFolder artifacts, TimeProvider time) : IEventStore
{
    private const string File = "events.jsonl";

    /// <inheritdoc/>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <inheritdoc/>
    public string PlaceOf(string runId) => artifacts.FileOf(runId, File);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunEvent>> ReadAsync(string runId, int after, CancellationToken cancellationToken)
    {
        if (!System.IO.File.Exists(PlaceOf(runId)))
        {
            return [];
        }

        await using var stream = new FileStream(PlaceOf(runId), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return [.. (await ReadAsync(stream, cancellationToken)).Skip(after)];
    }

    /// <inheritdoc/>
    public async Task<bool> TryAppendAsync(string runId, RunEvent next, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PlaceOf(runId))!);
        await using var stream = new FileStream(PlaceOf(runId), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        if ((await ReadAsync(stream, cancellationToken)).Count != next.Number - 1)
        {
            return false;
        }

        await WriteAsync(stream, next, cancellationToken);
        return true;
    }

    /// <summary>Replaces what the folder has of a run.</summary>
    public async Task ReplaceAsync(string runId, IReadOnlyList<RunEvent> events, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PlaceOf(runId))!);
        var temporary = PlaceOf(runId) + ".tmp";
        await using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            foreach (var known in events)
            {
                await WriteAsync(stream, known, cancellationToken);
            }
        }

        System.IO.File.Move(temporary, PlaceOf(runId), overwrite: true);
    }

    // A line that was cut by a crash is replaced; older versions wrote lines without a number, which are no log.
    private static async Task<List<RunEvent>> ReadAsync(FileStream stream, CancellationToken cancellationToken)
    {
        var events = new List<RunEvent>();
        var whole = 0L;
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        while (await reader.ReadLineAsync(cancellationToken) is { } line && TryRead(line) is { } known && known.Number == events.Count + 1)
        {
            events.Add(known);
            whole += Encoding.UTF8.GetByteCount(line) + 1;
        }

        stream.Position = Math.Min(whole, stream.Length);
        return events;
    }

    private static RunEvent? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<RunEvent>(line, RunJson.Compact);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task WriteAsync(FileStream stream, RunEvent next, CancellationToken cancellationToken)
    {
        if (stream.Position < stream.Length)
        {
            stream.SetLength(stream.Position);
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(next, RunJson.Compact) + "\n"), cancellationToken);
        stream.Flush(flushToDisk: true);
    }
}
