namespace BuildPipeline.Replay;

/// <summary>How many spot instances one market offered over time.</summary>
/// <param name="Name">Path below the traces folder.</param>
/// <param name="TickHours">Hours between two samples.</param>
/// <param name="Instances">Instances available at each tick.</param>
public sealed record SpotTrace(string Name, double TickHours, IReadOnlyList<int> Instances)
{
    private readonly int[] _instances = [.. Instances];

    /// <summary>Ticks in the trace.</summary>
    public int Length => _instances.Length;

    /// <summary>The largest node group that the trace knows of.</summary>
    public int LargestNodeGroup { get; } = Instances.Max();

    /// <summary>True when a node group of that size runs on spot at that tick.</summary>
    public bool IsUp(int tick, int nodes) => _instances[tick] >= nodes;
}
