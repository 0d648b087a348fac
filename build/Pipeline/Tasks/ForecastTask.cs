using BuildPipeline.Hosting;
using BuildPipeline.Stages;
using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Compares what the planned work costs on other instance types, markets and numbers of nodes.</summary>
[TaskName("Forecast")]
[TaskDescription("Compares what the planned work costs on other instance types, markets and numbers of nodes.")]
[IsDependentOn(typeof(PlanTask))]
public sealed class ForecastTask(Lazy<ForecastStage> stage) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => stage.Value.RunAsync(context.Cancellation);
}
