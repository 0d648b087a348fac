using BuildPipeline.Aws;
using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;
using BuildPipeline.Spot;
using BuildPipeline.Terminal;
using BuildPipeline.Training;

namespace BuildPipeline.Tasks;

/// <summary>How often the run's next job saves: as priced for the first, corrected by what the run has measured for each later one.</summary>
public sealed class CheckpointIntervalSelector(PipelineCall call, CheckpointReader checkpoints)
{
    /// <summary>The choice for a job that is about to be submitted.</summary>
    /// <param name="job">The job as applied.</param>
    /// <param name="attempt">What is intended.</param>
    public async Task<CheckpointChoice> ForAsync(TrainingJobSpec job, AttemptRecord attempt, CancellationToken cancellationToken)
    {
        var prices = call.Run.Cost!.Prices;
        if (attempt.Number == 1)
        {
            return CheckpointChooser.Choose(job, prices);
        }

        var requested = job with { UseSpotInstances = attempt.Market == Market.Spot, MaxRuntimeSeconds = attempt.MaxRuntimeSeconds };
        var choice = CheckpointChooser.Choose(requested, prices);
        return choice.Auto && await NewestAsync(job, cancellationToken) is { } newest
            ? CheckpointChooser.Corrected(requested, prices, new RunHistory(newest.StallSeconds is > 0 and var stall ? stall : choice.StallSeconds, newest.RanSeconds(), newest.Lineage.Count, newest.Step))
            : choice;
    }

    // A job that moves is in a hurry: where the checkpoints cannot be read, it is not held up for its interval.
    private async Task<CheckpointManifest?> NewestAsync(TrainingJobSpec job, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await checkpoints.ReadAsync(ArtifactPaths.Checkpoints(job, call.Run.ArtifactFolder), cancellationToken);
            return stored.LastOrDefault(checkpoint => checkpoint.State == CheckpointState.Complete)?.Manifest;
        }
        catch (Exception exception) when (AwsErrors.IsAwsError(exception, cancellationToken))
        {
            call.Console.Warn("The run's checkpoints cannot be read, so the checkpoint interval is not adjusted to them.");
            return null;
        }
    }
}
