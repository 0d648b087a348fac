using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Secrets;

/// <summary>Where parameters and secrets are kept: in clear text, in a folder that only the user of the sandbox may open.</summary>
internal sealed class SecretFolders
{
    private readonly string _folder;

    public SecretFolders(SandboxSettings settings)
    {
        _folder = settings.FolderOf("secrets");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The records of one kind in each region.</summary>
    /// <param name="kind">Name of their file, for example <c>parameters</c>.</param>
    public PerRegion<SecretRecords<T>> Of<T>(string kind) => new(_folder, region => new SecretRecords<T>(Path.Combine(region, $"{kind}.json")));
}

/// <summary>The records of one kind in one region, by their names. Whoever uses them holds <see cref="Gate"/>.</summary>
internal sealed class SecretRecords<T>
{
    private readonly string _file;
    private readonly SortedDictionary<string, T> _records;

    /// <param name="file">The file that keeps them.</param>
    public SecretRecords(string file)
    {
        _file = file;
        _records = new(File.Exists(file) ? AtomicFile.ReadRecord<Dictionary<string, T>>(file) : new Dictionary<string, T>(), StringComparer.Ordinal);
    }

    public Lock Gate { get; } = new();

    public IReadOnlyCollection<T> All => _records.Values;

    public T? Find(string name) => _records.GetValueOrDefault(name);

    public void Save(string name, T record)
    {
        _records[name] = record;
        AtomicFile.WriteRecord(_file, _records);
    }

    public void Remove(string name)
    {
        _records.Remove(name);
        AtomicFile.WriteRecord(_file, _records);
    }
}
