using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Training;

namespace BuildPipeline.Runs;

/// <summary>What a save took in the newest comparable run, for the nodes of each node option, as an input next to the prices: an approval binds it, and a run keeps it.</summary>
public sealed class MeasuredStall(RunStore store)
{
    /// <summary>The prices with those inputs, as far as there are any.</summary>
    /// <param name="prices">The prices.</param>
    /// <param name="environment">The environment whose runs are read.</param>
    /// <param name="job">The job; a run of another image, size of checkpoints or nodes says nothing of it.</param>
    public PriceSnapshot AddTo(PriceSnapshot prices, string environment, TrainingJobSpec job)
    {
        var measured =
            from nodeOption in job.NodeOptions().DistinctBy(nodeOption => nodeOption.Nodes())
            let earlier = store.RunsOf(environment).FirstOrDefault(run => IsLike(run, nodeOption) && StallsOf(run).Count > 0)
            where earlier is not null
            select InputOf(earlier, nodeOption);
        return prices with { Inputs = [.. prices.Inputs, .. measured] };
    }

    private static bool IsLike(RunRecord run, TrainingJobSpec job) =>
        run is { CurrentAttempt: { Outcome: OutcomeKind.Completed } attempt, Job: not null }
        && run.JobOf(attempt) is var other
        && (other.InstanceType, other.InstanceCount, other.TrainingImageUri, other.CheckpointSizeGb)
            == (job.InstanceType, job.InstanceCount, job.TrainingImageUri, job.CheckpointSizeGb);

    private static List<double> StallsOf(RunRecord run) =>
        [.. (run.Evidence?.Checkpoints ?? []).Select(checkpoint => checkpoint.StallSeconds).OfType<double>().Where(stall => stall > 0)];

    private static PriceInput InputOf(RunRecord run, TrainingJobSpec job) => new(
        PriceNames.MeasuredStall(job.InstanceType, job.InstanceCount), (decimal)Math.Round(StallsOf(run).Average(), 6), "s",
        $"measured by run {run.RunId}", DateOnly.FromDateTime(run.StartedAt.UtcDateTime));
}
