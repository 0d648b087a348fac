using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Spot;

namespace BuildPipeline.Costing;

/// <summary>The envelope of a job under the prices and assumptions of a run.</summary>
public static class JobEnvelope
{
    /// <summary>The job's inputs.</summary>
    /// <param name="job">The job, with the deadline that it is launched with.</param>
    /// <param name="prices">The prices and assumptions.</param>
    /// <param name="policy">Name of the policy that keeps the deadline.</param>
    public static EnvelopeInputs InputsOf(TrainingJobSpec job, PriceSnapshot prices, string policy = MarketPolicies.Default) => new(
        Work(job, prices),
        Number(prices, PriceNames.WorkSpread),
        TimeSpan.FromSeconds(job.MaxRuntimeSeconds),
        LongestStay(job),
        Due(job),
        job.UseSpotInstances,
        UpRun(prices),
        TimeSpan.FromHours(Number(prices, PriceNames.Wait)),
        TimeSpan.FromSeconds(Number(prices, PriceNames.Restart)),
        TimeSpan.FromSeconds(CheckpointChooser.Of(job, prices).IntervalSeconds),
        Stall(job, prices),
        ExpectedDiscount(prices, job.InstanceType),
        (double)Discount(prices, PriceNames.P90Discount, job.InstanceType).Value!.Value,
        job is { UseSpotInstances: true, DeadlineHours: not null } && MarketPolicies.MayMove(policy)
            ? new EnvelopeMove(TimeSpan.FromSeconds(job.ExpectedRuntimeSeconds ?? job.MaxRuntimeSeconds), MarketPolicies.MovesAtOnce(policy))
            : null);

    /// <summary>The job with the deadline that it is launched with.</summary>
    /// <param name="job">The job as planned.</param>
    /// <param name="terms">Terms of the run.</param>
    public static TrainingJobSpec WithDeadline(TrainingJobSpec job, RunTerms terms) => job with { DeadlineHours = terms.DeadlineHours };

    /// <summary>The terms of a run: those that are recorded, otherwise what the options say, otherwise the job's deadline and the default policy.</summary>
    /// <param name="run">The run, planned.</param>
    /// <param name="policy">The policy that was asked for; null is none.</param>
    /// <param name="deadline">The deadline that was asked for; null is none.</param>
    public static RunTerms Terms(RunRecord run, string? policy = null, TimeSpan? deadline = null) =>
        run.Terms ?? new(policy ?? MarketPolicies.Default, deadline?.TotalHours ?? run.Job!.DeadlineHours);

    /// <summary>Time from submission at which the service gives up.</summary>
    public static TimeSpan LongestStay(TrainingJobSpec job) => TimeSpan.FromSeconds(job.MaxWaitSeconds ?? job.MaxRuntimeSeconds);

    /// <summary>Time from submission by which the job has to be done; without a deadline, until the service gives up.</summary>
    public static TimeSpan Due(TrainingJobSpec job) => job.DeadlineHours is { } hours ? TimeSpan.FromHours(hours) : LongestStay(job);

    /// <summary>Running time without any disturbance.</summary>
    public static TimeSpan Work(TrainingJobSpec job, PriceSnapshot prices) =>
        TimeSpan.FromSeconds(job.ExpectedRuntimeSeconds ?? (job.MaxRuntimeSeconds * Number(prices, PriceNames.ExpectedUse)));

    /// <summary>Mean time from getting spot capacity to losing it.</summary>
    public static TimeSpan UpRun(PriceSnapshot prices) => TimeSpan.FromHours(Number(prices, PriceNames.UpRun));

    /// <summary>How long a save holds training up: as an earlier run on such nodes has measured it, or by what there is to write.</summary>
    public static TimeSpan Stall(TrainingJobSpec job, PriceSnapshot prices) => TimeSpan.FromSeconds(
        prices[PriceNames.MeasuredStall(job.InstanceType, job.InstanceCount)].Value is { } seen
            ? (double)seen
            : (double)job.CheckpointSizeGb / job.InstanceCount / Number(prices, PriceNames.CheckpointWriting));

    /// <summary>What the market says of the type, or what is assumed of all.</summary>
    public static PriceFigure Discount(PriceSnapshot prices, string figure, string instanceType) =>
        prices[PriceNames.Of(figure, instanceType)] is { Value: not null } seen ? seen : prices[figure];

    /// <summary>The part of the on-demand rate that spot probably saves, 0 to 1.</summary>
    public static double ExpectedDiscount(PriceSnapshot prices, string instanceType) =>
        (double)Discount(prices, PriceNames.ExpectedDiscount, instanceType).Value!.Value;

    private static double Number(PriceSnapshot prices, string assumption) => (double)prices[assumption].Value!.Value;
}
