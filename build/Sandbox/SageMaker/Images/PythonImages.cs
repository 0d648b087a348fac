namespace BuildPipeline.Sandbox.SageMaker.Images;

/// <summary>The images that run a program of channel <c>code</c> with the machine's own Python in place of a container.</summary>
internal static class PythonImages
{
    /// <summary>With PyTorch.</summary>
    public const string PyTorch = "sandbox/pytorch";

    /// <summary>With the standard library, and what else is installed.</summary>
    public const string Plain = "sandbox/python";

    /// <param name="python">A Python that has PyTorch, or null if there is none.</param>
    public static TrainingImage WithTorch(FoundPython? python) => For(python, PyTorch, MachinePython.WhyNoTorch);

    /// <param name="python">Any Python, or null if there is none.</param>
    public static TrainingImage WithoutTorch(FoundPython? python) => For(python, Plain, MachinePython.WhyNone);

    private static TrainingImage For(FoundPython? python, string name, string whyAbsent) => new(python?.Path ?? "python3", "/opt/ml/input/data/code/train.py")
    {
        TakesEntrypoint = true,
        Lacking = python is null ? $"The image {name} cannot run: {whyAbsent}. The image {TrainingImages.Worker} needs no Python." : null,
        Environment = python is null ? new Dictionary<string, string>() : EnvironmentFor(python),
    };

    private static Dictionary<string, string> EnvironmentFor(FoundPython python)
    {
        var environment = new Dictionary<string, string>
        {
            ["PYTHON"] = python.Path,

            // As inside a container, plain python3 is the one that was found.
            ["PATH"] = Path.GetDirectoryName(python.Path) + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),

            // All nodes share the cores of one machine, and none can have a GPU for itself.
            ["OMP_NUM_THREADS"] = "1",
            ["CUDA_VISIBLE_DEVICES"] = "",
        };
        if (python.UserBase is { } userBase)
        {
            // A node has its own home, but the packages of the image are those of this machine.
            environment["PYTHONUSERBASE"] = userBase;
        }

        return environment;
    }
}
