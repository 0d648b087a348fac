namespace BuildPipeline.Sandbox.SageMaker.Nodes;

/// <summary>The image <c>sandbox/pytorch</c>: the machine's own Python and PyTorch in place of a container.</summary>
internal static class PyTorchImage
{
    public const string Name = "sandbox/pytorch";

    /// <param name="python">Full path of a Python that has PyTorch, or null where there is none.</param>
    public static TrainingImage For(string? python) => new(python ?? "python3", "/opt/ml/input/data/code/train.py")
    {
        TakesEntrypoint = true,
        Lacking = python is null ? $"The image {Name} cannot run: {TorchPython.WhyAbsent}. The image sandbox/builtin needs no Python." : null,
        Environment = python is null ? new Dictionary<string, string>() : EnvironmentFor(python),
    };

    private static Dictionary<string, string> EnvironmentFor(string python) => new()
    {
        ["PYTHON"] = python,

        // As inside a container, plain python3 is the one that has PyTorch.
        ["PATH"] = Path.GetDirectoryName(python) + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),

        // All nodes share the cores of one machine, and none can have a GPU for itself.
        ["OMP_NUM_THREADS"] = "1",
        ["CUDA_VISIBLE_DEVICES"] = "",
    };
}
