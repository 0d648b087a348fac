using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Scans the records of all runs for secrets before they are uploaded.</summary>
[TaskName("ScanArtifacts")]
[TaskDescription("Scans the records of all runs for secrets before they are uploaded.")]
public sealed class ScanArtifactsTask(ScanArtifactsStage stage) : FrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override void Run(PipelineContext context) => stage.Run();
}
