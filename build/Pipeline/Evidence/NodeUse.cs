namespace BuildPipeline.Evidence;

/// <summary>What is known of the processes that trained together.</summary>
/// <param name="WorldSize">Processes, as the newest complete checkpoint says; null if there is none.</param>
/// <param name="Gpus">GPUs of all nodes, as that checkpoint says; null if it does not.</param>
/// <param name="LoggingHosts">Nodes that have written to the log; null if that is not known.</param>
public sealed record NodeUse(int? WorldSize, int? Gpus, int? LoggingHosts)
{
    /// <summary>Compares the nodes that are paid for with those that took part.</summary>
    /// <param name="nodes">Nodes of the job.</param>
    public Finding Judge(int nodes) => this switch
    {
        { WorldSize: { } world } when world < nodes => Idle(
            $"{nodes} nodes were paid for, but {Counted.Format(world, "process", "processes")} trained together (world_size {world})"),
        { WorldSize: { } world, Gpus: { } gpus } when world < gpus => Idle(
            $"{Counted.Format(nodes, "node")} with {gpus} GPUs were paid for, but {Counted.Format(world, "process", "processes")} used one GPU each"),
        { WorldSize: { } world } => new("nodes", true, $"{Counted.Format(nodes, "node")} paid for, {Counted.Format(world, "process", "processes")} trained together."),
        // A program may log on one node only, as most do with rank 0, and still train on all of them.
        { LoggingHosts: { } hosts } => Unknown(nodes, $"no checkpoint names a world_size, and {Counted.Format(hosts, "node")} wrote to the log"),
        _ => Unknown(nodes, "neither the checkpoints nor the log show it"),
    };

    private static Finding Unknown(int nodes, string why) =>
        new("nodes", true, $"{Counted.Format(nodes, "node")} paid for; it is unknown how many trained: {why}.");

    private static Finding Idle(string fact) => new("nodes", false, $"{fact}: start one process per GPU on every node, or lower instance_count.");
}
