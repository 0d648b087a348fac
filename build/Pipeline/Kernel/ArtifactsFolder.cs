namespace BuildPipeline.Kernel;

/// <summary>The folder on this machine that keeps the files of runs.</summary>
/// <param name="Path">Absolute path.</param>
public sealed record ArtifactsFolder(string Path)
{
    /// <summary>Absolute path of the folder that has one folder for each run.</summary>
    public string Runs => System.IO.Path.Combine(Path, "runs");

    /// <summary>Absolute path of one file of a run.</summary>
    public string FileOf(string runId, string file) => System.IO.Path.Combine(Runs, runId, file);
}
