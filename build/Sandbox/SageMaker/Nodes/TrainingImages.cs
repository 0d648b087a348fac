namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>What the sandbox runs for one training image.</summary>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">Its arguments, before those of the job.</param>
internal sealed record TrainingImage(string FileName, params IReadOnlyList<string> Arguments);

/// <summary>The training images that the sandbox knows: no registry is asked, and no container is built.</summary>
internal sealed class TrainingImages(IReadOnlyDictionary<string, TrainingImage> images)
{
    private const string Latest = ":latest";

    /// <summary>The images that come with the sandbox.</summary>
    public static TrainingImages BuiltIn { get; } = new(new Dictionary<string, TrainingImage>(StringComparer.Ordinal)
    {
        ["sandbox/builtin"] = new(DotnetHost(), WorkerProgram()),
    });

    public IEnumerable<string> Names => images.Keys.Order(StringComparer.Ordinal);

    public TrainingImage? Find(string name) =>
        images.GetValueOrDefault(name.EndsWith(Latest, StringComparison.Ordinal) ? name[..^Latest.Length] : name);

    private static string DotnetHost() =>
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    // Beside the sandbox when both were published together, in the neighbouring output folder when they were built.
    private static string WorkerProgram()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "Worker.dll");
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return File.Exists(beside)
            ? beside
            : Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Worker", configuration, "Worker.dll"));
    }
}
