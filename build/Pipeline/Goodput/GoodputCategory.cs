namespace BuildPipeline.Goodput;

/// <summary>What a second on nodes went into. The text of each is its row in docs/reference/goodput.md.</summary>
public enum GoodputCategory
{
    /// <summary>From the status Training until the program looks for its checkpoint, the first time. Source: status transitions; <c>started_at</c> of a lineage.</summary>
    Start,

    /// <summary>Status Downloading, the first time. Source: status transitions.</summary>
    Download,

    /// <summary>Training whose result is in the model or, where the run did not complete, in its newest complete checkpoint. Source: lineage, <c>from_ran_seconds</c>, <c>written_at</c>.</summary>
    Productive,

    /// <summary>Pauses for checkpoints within that training. Source: <c>stall_seconds</c> of the manifests; a pause that no manifest tells counts as productive.</summary>
    CheckpointStall,

    /// <summary>Training after the newest checkpoint that the training continued from, up to an interruption, a move, a stop or a failure; where nothing was saved since the nodes came, all of it. Source: lineage, <c>from_ran_seconds</c>, <c>written_at</c>, status transitions.</summary>
    LostWork,

    /// <summary>Start and download after an interruption or in a later job of the run. Source: as for those.</summary>
    Restart,

    /// <summary>Status Uploading. Source: status transitions.</summary>
    Upload,

    /// <summary>Nodes were held, and nothing tells what for: a stop after its last checkpoint, a program without manifests, manifests that could not be read, billed time without transitions. Source: what the others leave.</summary>
    Idle,
}
