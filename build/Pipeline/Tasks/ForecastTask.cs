using Cake.Frosting;

namespace BuildPipeline.Tasks;

/// <summary>Compares the cost of the planned work on other instance types, markets and node counts.</summary>
[TaskName("Forecast")]
[TaskDescription("Compares the cost of the planned work on other instance types, markets and node counts.")]
[IsDependentOn(typeof(PlanTask))]
public sealed class ForecastTask(ForecastStage stage) : AsyncFrostingTask<PipelineContext>
{
    /// <inheritdoc/>
    public override Task RunAsync(PipelineContext context) => stage.RunAsync(context.Cancellation);
}
