using System.Text.Json;

namespace BuildPipeline.Sandbox.Kernel;

/// <summary>Records of one kind by their keys, in memory and in one file that is replaced whole at each change.</summary>
/// <param name="file">Where they are kept; it need not exist.</param>
internal sealed class RecordStore<T>(string file)
    where T : class
{
    private readonly SortedDictionary<string, T> _records = new(File.Exists(file) ? AtomicFile.ReadRecord<Dictionary<string, T>>(file) : [], StringComparer.Ordinal);

    /// <summary>Held by whoever changes records because of what they are; each call here takes it by itself.</summary>
    public Lock Gate { get; } = new();

    /// <summary>All records in the order of their keys.</summary>
    public IReadOnlyList<T> All
    {
        get
        {
            lock (Gate)
            {
                return [.. _records.Values];
            }
        }
    }

    public T? Find(string key)
    {
        lock (Gate)
        {
            return _records.GetValueOrDefault(key);
        }
    }

    public void Put(string key, T record)
    {
        lock (Gate)
        {
            _records[key] = record;
            Save();
        }
    }

    /// <summary>Changes a record if it is still there.</summary>
    /// <returns>The changed record; null if there is none of the key.</returns>
    public T? Update(string key, Func<T, T> change)
    {
        lock (Gate)
        {
            if (!_records.TryGetValue(key, out var record))
            {
                return null;
            }

            _records[key] = change(record);
            Save();
            return _records[key];
        }
    }

    /// <returns>False if there was none.</returns>
    public bool Remove(string key)
    {
        lock (Gate)
        {
            var found = _records.Remove(key);
            if (found)
            {
                Save();
            }

            return found;
        }
    }

    private void Save() => AtomicFile.WriteRecord(file, _records);
}

/// <summary>Records of what happened, in their order, in memory and at the end of a file.</summary>
internal sealed class RecordLog<T>
    where T : class
{
    private readonly Lock _gate = new();
    private readonly List<T> _records = [];
    private readonly string _file;

    /// <param name="file">Where they are kept; it need not exist.</param>
    public RecordLog(string file)
    {
        _file = file;
        foreach (var line in File.Exists(file) ? File.ReadLines(file) : [])
        {
            try
            {
                _records.Add(JsonSerializer.Deserialize<T>(line, SandboxJson.Options)!);
            }
            catch (JsonException)
            {
                // The line that an ended process did not finish.
            }
        }
    }

    /// <summary>All records, the oldest first.</summary>
    public IReadOnlyList<T> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    public void Add(T record)
    {
        lock (_gate)
        {
            File.AppendAllText(_file, JsonSerializer.Serialize(record, SandboxJson.Options) + "\n");
            _records.Add(record);
        }
    }
}
