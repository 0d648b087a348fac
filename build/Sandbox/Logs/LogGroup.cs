using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>What is known of a log group in addition to its streams.</summary>
/// <param name="Created">Milliseconds since 1970.</param>
internal sealed record LogGroupInfo(string Name, long Created, int? RetentionInDays = null);

/// <summary>One log group, a folder with one file a stream.</summary>
internal sealed class LogGroup
{
    private const string InfoFile = "group.json";

    private readonly string _folder;
    private readonly ConcurrentDictionary<string, LogStream> _streams = new(StringComparer.Ordinal);

    private LogGroup(string folder, LogGroupInfo info) => (_folder, Info) = (folder, info);

    public LogGroupInfo Info { get; private set; }

    /// <summary>In order of their names.</summary>
    public IReadOnlyList<LogStream> Streams => [.. _streams.Values.OrderBy(stream => stream.Name, StringComparer.Ordinal)];

    /// <summary>A name that any file system takes, whatever characters the group or stream has in its own.</summary>
    public static string FileNameOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32];

    public static LogGroup Create(string folder, LogGroupInfo info)
    {
        Directory.CreateDirectory(folder);
        var group = new LogGroup(folder, info);
        group.Save(info);
        return group;
    }

    public static LogGroup? Load(string folder)
    {
        var infoFile = Path.Combine(folder, InfoFile);
        if (!File.Exists(infoFile))
        {
            return null;
        }

        var group = new LogGroup(folder, AtomicFile.ReadRecord<LogGroupInfo>(infoFile));
        foreach (var stream in Directory.EnumerateFiles(folder, "*.jsonl").Select(LogStream.Load).OfType<LogStream>())
        {
            group._streams[stream.Name] = stream;
        }

        return group;
    }

    public LogStream? Find(string stream) => _streams.GetValueOrDefault(stream);

    /// <summary>The stream of that name, made where there was none; <paramref name="created"/> tells which.</summary>
    public LogStream GetOrCreate(string name, long now, out bool created)
    {
        lock (_streams)
        {
            created = !_streams.ContainsKey(name);
            return _streams.GetOrAdd(name, _ => LogStream.Create(Path.Combine(_folder, FileNameOf(name) + ".jsonl"), name, now));
        }
    }

    /// <summary>What happened before, the group's retention has deleted; milliseconds since 1970.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    public long OldestKept(long now) => Info.RetentionInDays is { } days ? now - (long)TimeSpan.FromDays(days).TotalMilliseconds : 0;

    public void Save(LogGroupInfo info)
    {
        AtomicFile.WriteRecord(Path.Combine(_folder, InfoFile), info);
        Info = info;
    }

    public void Delete() => Directory.Delete(_folder, recursive: true);
}
