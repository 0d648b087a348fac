using System.Globalization;

namespace BuildPipeline.Observability;

/// <summary>How much of its GPUs and memory a node uses, percent of what it has; null is not known.</summary>
/// <param name="Host">For example <c>algo-1</c>.</param>
/// <param name="Gpu">Of all its GPUs.</param>
/// <param name="GpuMemory">Memory of all its GPUs.</param>
/// <param name="Memory">Memory of the node.</param>
public sealed record NodeUtilization(string Host, double? Gpu, double? GpuMemory, double? Memory)
{
    /// <summary>Mean use of the GPUs of all nodes, percent; null if none is known.</summary>
    public static double? MeanGpu(IEnumerable<NodeUtilization> nodes) => Mean(nodes.Select(node => node.Gpu));

    /// <summary>One line on all nodes: the means and, where GPUs differ, the least used node. Empty if nothing is known.</summary>
    public static string Describe(IReadOnlyList<NodeUtilization> nodes)
    {
        string?[] parts =
        [
            Part("GPU", MeanGpu(nodes)) is { } gpu ? gpu + Least(nodes) : null,
            Part("GPU memory", Mean(nodes.Select(node => node.GpuMemory))),
            Part("memory", Mean(nodes.Select(node => node.Memory))),
        ];
        return string.Join(", ", parts.Where(part => part is not null));
    }

    private static string Least(IReadOnlyList<NodeUtilization> nodes) =>
        nodes.Where(node => node.Gpu is not null).OrderBy(node => node.Gpu).ToList() is [var least, _, ..] ? $" (least {least.Host} {Percent(least.Gpu!.Value)})" : "";

    private static string? Part(string name, double? percent) => percent is { } known ? $"{name} {Percent(known)}" : null;

    private static string Percent(double percent) => (percent / 100).ToString("0%", CultureInfo.InvariantCulture);

    private static double? Mean(IEnumerable<double?> values) => values.OfType<double>().ToList() is { Count: > 0 } known ? known.Average() : null;
}
