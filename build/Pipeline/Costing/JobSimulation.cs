using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Spot;

namespace BuildPipeline.Costing;

/// <summary>The cost simulation of a job under the prices and assumptions of a run.</summary>
public static class JobSimulation
{
    /// <summary>The job's inputs.</summary>
    /// <param name="job">The job, with the deadline that it is launched with.</param>
    /// <param name="prices">The prices and assumptions.</param>
    /// <param name="policy">Name of the policy that keeps the deadline.</param>
    public static CostSimulationInputs InputsOf(TrainingJobSpec job, PriceSnapshot prices, string policy = MarketPolicies.Default) => new()
    {
        Work = JobAssumptions.Work(job, prices),
        RuntimeVariance = JobAssumptions.Number(prices, PriceNames.RuntimeVariance),
        MaxRuntime = TimeSpan.FromSeconds(job.MaxRuntimeSeconds),
        MaxWait = LongestStay(job),
        Deadline = Deadline(job),
        Spot = job.UseSpotInstances,
        TimeBetweenInterruptions = JobAssumptions.TimeBetweenInterruptions(prices),
        Wait = TimeSpan.FromHours(JobAssumptions.Number(prices, PriceNames.Wait)),
        Restart = JobAssumptions.Restart(prices),
        CheckpointInterval = TimeSpan.FromSeconds(CheckpointChooser.Choose(job, prices).IntervalSeconds),
        Stall = JobAssumptions.Stall(job, prices),
        ExpectedDiscount = JobAssumptions.ExpectedDiscount(prices, job.InstanceType),
        P90Discount = (double)JobAssumptions.Discount(prices, PriceNames.P90Discount, job.InstanceType).Value!.Value,
        Move = job is { UseSpotInstances: true, DeadlineHours: not null } && MarketPolicies.MayMove(policy)
            ? new SimulatedMove(TimeSpan.FromSeconds(job.ExpectedRuntimeSeconds ?? job.MaxRuntimeSeconds), MarketPolicies.MovesAtOnce(policy))
            : null,
    };

    /// <summary>The job with the deadline that it is launched with.</summary>
    /// <param name="job">The job as planned.</param>
    /// <param name="terms">Terms of the run.</param>
    public static TrainingJobSpec WithDeadline(TrainingJobSpec job, RunTerms terms) => job with { DeadlineHours = terms.DeadlineHours };

    /// <summary>Time from submission at which the service gives up.</summary>
    public static TimeSpan LongestStay(TrainingJobSpec job) => TimeSpan.FromSeconds(job.MaxWaitSeconds ?? job.MaxRuntimeSeconds);

    /// <summary>Time from submission by which the job has to be done; without a deadline, until the service gives up.</summary>
    public static TimeSpan Deadline(TrainingJobSpec job) => job.DeadlineHours is { } hours ? TimeSpan.FromHours(hours) : LongestStay(job);
}
