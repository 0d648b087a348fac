namespace BuildPipeline.Sandbox.CodeBuild;

/// <summary>The folders of one build, which go with it.</summary>
internal sealed class BuildFolder : IDisposable
{
    private readonly string _root;

    /// <param name="parent">A folder with a short path: a Unix socket among the temporary files takes about 100 characters only.</param>
    public BuildFolder(string parent)
    {
        _root = Path.Combine(parent, Path.GetRandomFileName());
        foreach (var folder in new[] { Source, Home, Temporary })
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>CODEBUILD_SRC_DIR.</summary>
    public string Source => Path.Combine(_root, "src");

    /// <summary>The home folder, empty at the start.</summary>
    public string Home => Path.Combine(_root, "home");

    public string Temporary => Path.Combine(_root, "tmp");

    public string Script => Path.Combine(_root, "build");

    public void Dispose()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A program that the build left still writes, or has made a folder that cannot be written: that does no harm.
        }
    }
}
