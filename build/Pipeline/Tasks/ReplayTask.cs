using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Replays jobs over recorded spot traces and compares the policies.</summary>
[TaskName("Replay")]
[TaskDescription("Replays jobs over recorded spot traces and compares the policies.")]
public sealed class ReplayTask(Lazy<ReplayStage> stage) : FrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override void Run(PipelineContext context) => stage.Value.Run();
}
