namespace BuildPipeline.Kernel;

/// <summary>Finds the other programs of this build.</summary>
public static class BuildOutput
{
    /// <summary>Absolute path of a program's assembly: its folder is next to this program's.</summary>
    public static string Locate(string program) => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", program, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), $"{program}.dll"));
}
