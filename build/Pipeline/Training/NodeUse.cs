using BuildPipeline.Runs;

namespace BuildPipeline.Training;

/// <summary>What is known of the processes that trained together.</summary>
/// <param name="WorldSize">Processes, as the newest complete checkpoint says; null where there is none.</param>
/// <param name="Gpus">GPUs of all nodes, as that checkpoint says; null where it does not.</param>
/// <param name="LoggingHosts">Nodes that have written to the log; null where that is not known.</param>
public sealed record NodeUse(int? WorldSize, int? Gpus, int? LoggingHosts)
{
    /// <summary>Compares the nodes that are paid for with those that took part.</summary>
    /// <param name="nodes">Nodes of the job.</param>
    public Finding Judge(int nodes) => this switch
    {
        { WorldSize: { } world } when world < nodes => Idle(
            $"{nodes} nodes were paid for, but {Count(world, "process", "processes")} trained together (world_size {world})"),
        { WorldSize: { } world, Gpus: { } gpus } when world < gpus => Idle(
            $"{Count(nodes, "node", "nodes")} with {gpus} GPUs were paid for, but {Count(world, "process", "processes")} used one GPU each"),
        { WorldSize: { } world } => new("nodes", true, $"{Count(nodes, "node", "nodes")} paid for, {Count(world, "process", "processes")} trained together."),
        // A program may log on one node only, as most do with rank 0, and still train on all of them.
        { LoggingHosts: { } hosts } => Unknown(nodes, $"no checkpoint names a world_size, and {Count(hosts, "node", "nodes")} wrote to the log"),
        _ => Unknown(nodes, "neither checkpoints nor the log say it"),
    };

    private static Finding Unknown(int nodes, string why) =>
        new("nodes", true, $"{Count(nodes, "node", "nodes")} paid for; how many trained is not known: {why}.");

    private static Finding Idle(string fact) => new("nodes", false, $"{fact}: start one process per GPU on every node, or lower instance_count.");

    private static string Count(int count, string one, string several) => FormattableString.Invariant($"{count} {(count == 1 ? one : several)}");
}
