using System.Text.RegularExpressions;

namespace BuildPipeline.Sandbox.SageMaker.Images;

/// <summary>What the sandbox runs for one training image.</summary>
/// <param name="Command">The image's own command: the program and its arguments.</param>
internal sealed record TrainingImage(params IReadOnlyList<string> Command)
{
    /// <summary>True if a job's ContainerEntrypoint and ContainerArguments are run, as in a container.</summary>
    public bool TakesEntrypoint { get; init; }

    /// <summary>Environment variables of the image, which a job's own replace.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A sentence about what this machine lacks to run the image; null if nothing.</summary>
    public string? Lacking { get; init; }
}

/// <summary>The training images that the sandbox knows: no registry is asked, and no container is built.</summary>
internal sealed partial class TrainingImages(IReadOnlyDictionary<string, Func<TrainingImage>> images)
{
    /// <summary>The image of the built-in worker.</summary>
    public const string Worker = "sandbox/builtin";

    /// <summary>The images that come with the sandbox.</summary>
    public static TrainingImages BuiltIn { get; } = new(new Dictionary<string, Func<TrainingImage>>(StringComparer.Ordinal)
    {
        [Worker] = () => new(DotnetHost(), WorkerProgram()),
        [PythonImages.Plain] = () => PythonImages.WithoutTorch(MachinePython.Plain.Find()),
        [PythonImages.PyTorch] = () => PythonImages.WithTorch(MachinePython.WithTorch.Find()),
    });

    public IEnumerable<string> Names => images.Keys.Order(StringComparer.Ordinal);

    public TrainingImage? Find(string name) => images.GetValueOrDefault(Known().Match(name) is { Success: true } known ? known.Groups["name"].Value : name)?.Invoke();

    /// <summary>Why a job cannot run an image here: it is not known, or this machine lacks something; null if it can.</summary>
    public string? ProblemOf(string name) => Find(name) is { } image
        ? image.Lacking
        : $"The sandbox does not know the training image '{name}'. It knows: {string.Join(", ", Names)}.";

    // The registry of the sandbox's account has them too: an environment that is not 'sandbox' can name no other image.
    [GeneratedRegex(@"^(?:(?<name>sandbox/[a-z]+)(?::latest)?|000000000000\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/(?<name>sandbox/[a-z]+):[\w.-]+)\z")]
    private static partial Regex Known();

    private static string DotnetHost() =>
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    // Next to the sandbox when both were published together, in the neighbouring output folder when they were built.
    private static string WorkerProgram()
    {
        var published = Path.Combine(AppContext.BaseDirectory, "Worker.dll");
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return File.Exists(published)
            ? published
            : Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Worker", configuration, "Worker.dll"));
    }
}
