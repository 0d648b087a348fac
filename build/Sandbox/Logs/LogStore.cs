using System.Collections.Concurrent;
using BuildPipeline.Sandbox.Kernel;
using BuildPipeline.Sandbox.Protocols;

namespace BuildPipeline.Sandbox.Logs;

/// <summary>The log groups and streams of one region, for CloudWatch Logs and for the parts that write logs themselves.</summary>
internal sealed class LogStore
{
    private readonly ConcurrentDictionary<string, LogGroup> _groups = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly TimeProvider _time;

    /// <param name="folder">The folder that keeps them.</param>
    /// <param name="time">The clock.</param>
    public LogStore(string folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        foreach (var group in Directory.EnumerateDirectories(_folder).Select(LogGroup.Load).OfType<LogGroup>())
        {
            _groups[group.Info.Name] = group;
        }
    }

    /// <summary>In order of their names.</summary>
    public IReadOnlyList<LogGroup> Groups => [.. _groups.Values.OrderBy(group => group.Info.Name, StringComparer.Ordinal)];

    public bool Exists(string group) => _groups.ContainsKey(group);

    public LogGroup Group(string name) =>
        _groups.GetValueOrDefault(name) ?? throw new AwsError(400, "ResourceNotFoundException", "The specified log group does not exist.");

    public LogStream Stream(string group, string stream) =>
        Group(group).Find(stream) ?? throw new AwsError(400, "ResourceNotFoundException", "The specified log stream does not exist.");

    public void CreateGroup(string name)
    {
        lock (_groups)
        {
            if (Exists(name))
            {
                throw new AwsError(400, "ResourceAlreadyExistsException", "The specified log group already exists");
            }

            var info = new LogGroupInfo(name, Now);
            _groups[name] = LogGroup.Create(Path.Combine(_folder, LogGroup.FileNameOf(name)), info);
        }
    }

    public void SetRetention(string name, int? days)
    {
        var group = Group(name);
        group.Save(group.Info with { RetentionInDays = days });
    }

    public void DeleteGroup(string name)
    {
        lock (_groups)
        {
            Group(name).Delete();
            _groups.TryRemove(name, out _);
        }
    }

    public void CreateStream(string group, string stream)
    {
        Group(group).GetOrCreate(stream, Now, out var created);
        if (!created)
        {
            throw new AwsError(400, "ResourceAlreadyExistsException", "The specified log stream already exists");
        }
    }

    /// <summary>A stream to write to, made with its group where they are missing, as a service of AWS does for its own logs.</summary>
    public LogStream Ensure(string group, string stream)
    {
        lock (_groups)
        {
            if (!Exists(group))
            {
                CreateGroup(group);
            }
        }

        return Group(group).GetOrCreate(stream, Now, out _);
    }

    /// <summary>Those of all regions.</summary>
    public static PerRegion<LogStore> OfRegions(SandboxSettings settings, TimeProvider time) =>
        new(settings.FolderOf("logs"), folder => new LogStore(folder, time));

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
