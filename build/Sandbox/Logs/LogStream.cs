using System.Text.Json;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>One log stream, an append-only file of JSON lines whose first line names it.</summary>
/// <remarks>Events stay on disk: a stream of any length costs no memory.</remarks>
internal sealed class LogStream
{
    private readonly Lock _gate = new();
    private readonly string _file;
    private long _end;

    private LogStream(string file, StreamHeader header) => (_file, Name, Created) = (file, header.Name, header.Created);

    public string Name { get; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Created { get; }

    public long? FirstEvent { get; private set; }

    public long? LastEvent { get; private set; }

    public long? LastIngested { get; private set; }

    /// <summary>Offset of the first event, bytes.</summary>
    public long Head { get; private set; }

    /// <summary>Offset behind the last event, bytes.</summary>
    public long Tail
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    public static LogStream Create(string file, string name, long created)
    {
        var header = new StreamHeader(name, created);
        File.WriteAllBytes(file, [.. JsonSerializer.SerializeToUtf8Bytes(header), (byte)'\n']);
        var length = new FileInfo(file).Length;
        return new LogStream(file, header) { Head = length, _end = length };
    }

    /// <summary>Opens a stream of an earlier sandbox process; a line cut off by its end is dropped.</summary>
    /// <exception cref="StartupException">The file is damaged.</exception>
    public static LogStream? Load(string file)
    {
        try
        {
            return ReadAll(file);
        }
        catch (JsonException exception)
        {
            throw new StartupException($"The sandbox's state is damaged in {file}: {exception.Message} Delete that file to lose just it.");
        }
    }

    public void Append(IEnumerable<LogEvent> events)
    {
        lock (_gate)
        {
            using var content = new FileStream(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            content.SetLength(_end);
            content.Position = _end;
            foreach (var logEvent in events)
            {
                content.Write([.. JsonSerializer.SerializeToUtf8Bytes(logEvent), (byte)'\n']);
                Note(logEvent);
            }

            _end = content.Position;
        }
    }

    /// <summary>Events from an offset on, up to what the stream held at the call.</summary>
    public IEnumerable<PlacedEvent> Read(long from)
    {
        var tail = Tail;
        using var content = new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        foreach (var (start, end, line) in JsonLines.Read(content, Math.Max(from, Head)))
        {
            if (end > tail)
            {
                yield break;
            }

            yield return new PlacedEvent(start, end, JsonSerializer.Deserialize<LogEvent>(line)!);
        }
    }

    private static LogStream? ReadAll(string file)
    {
        using var content = File.OpenRead(file);
        var lines = JsonLines.Read(content, 0).GetEnumerator();
        if (!lines.MoveNext())
        {
            return null;
        }

        var header = JsonSerializer.Deserialize<StreamHeader>(lines.Current.Line)!;
        var stream = new LogStream(file, header) { Head = lines.Current.End, _end = lines.Current.End };
        while (lines.MoveNext())
        {
            stream.Note(JsonSerializer.Deserialize<LogEvent>(lines.Current.Line)!);
            stream._end = lines.Current.End;
        }

        return stream;
    }

    private void Note(LogEvent logEvent)
    {
        FirstEvent ??= logEvent.Timestamp;
        LastEvent = Math.Max(LastEvent ?? 0, logEvent.Timestamp);
        LastIngested = logEvent.Ingested;
    }

    private sealed record StreamHeader(string Name, long Created);
}
