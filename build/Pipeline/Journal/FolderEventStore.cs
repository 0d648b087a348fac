using System.Text;
using System.Text.Json;

namespace BuildPipeline.Journal;

/// <summary>Events in a folder on this machine: <c>RUN-ID/events.jsonl</c>, one line an event. It is the copy for reading, and its own store in tests.</summary>
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

        stream.SetLength(stream.Position);
        await stream.WriteAsync(LineOf(next), cancellationToken);
        stream.Flush(flushToDisk: true);
        return true;
    }

    /// <summary>Replaces what the folder has of a run.</summary>
    public void Replace(string runId, IReadOnlyList<RunEvent> events)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PlaceOf(runId))!);
        WholeFile.Write(PlaceOf(runId), [.. events.SelectMany(LineOf)]);
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

    private static byte[] LineOf(RunEvent known) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(known, RunJson.Compact) + "\n");
}
