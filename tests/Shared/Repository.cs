namespace BuildPipeline;

/// <summary>The repository that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "BuildPipeline.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
