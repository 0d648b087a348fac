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
    public PerRegion<RecordStore<T>> Of<T>(string kind)
        where T : class => new(_folder, region => new RecordStore<T>(Path.Combine(region, $"{kind}.json")));
}
