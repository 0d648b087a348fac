using BuildPipeline.Jobs;

namespace BuildPipeline.Prices;

/// <summary>What the prices and assumptions of a run say of one job.</summary>
public static class JobAssumptions
{
    /// <summary>Running time without any disturbance.</summary>
    public static TimeSpan Work(TrainingJobSpec job, PriceSnapshot prices) =>
        TimeSpan.FromSeconds(job.ExpectedRuntimeSeconds ?? (job.MaxRuntimeSeconds * Number(prices, PriceNames.ExpectedUse)));

    /// <summary>Mean time from getting spot capacity to losing it.</summary>
    public static TimeSpan TimeBetweenInterruptions(PriceSnapshot prices) => TimeSpan.FromHours(Number(prices, PriceNames.TimeBetweenInterruptions));

    /// <summary>Billed time from a restart to the first step.</summary>
    public static TimeSpan Restart(PriceSnapshot prices) => TimeSpan.FromSeconds(Number(prices, PriceNames.Restart));

    /// <summary>How long a save holds training up: as an earlier run on such nodes has measured it, or by what there is to write.</summary>
    public static TimeSpan Stall(TrainingJobSpec job, PriceSnapshot prices) => TimeSpan.FromSeconds(
        prices[PriceNames.MeasuredStall(job.InstanceType, job.InstanceCount)].Value is { } seen
            ? (double)seen
            : (double)job.CheckpointSizeGb / job.InstanceCount / Number(prices, PriceNames.CheckpointWriting));

    /// <summary>What the market says of the type, or what is assumed of all.</summary>
    public static PriceInput Discount(PriceSnapshot prices, string input, string instanceType) =>
        prices[PriceNames.Create(input, instanceType)] is { Value: not null } seen ? seen : prices[input];

    /// <summary>The part of the on-demand rate that spot probably saves, 0 to 1.</summary>
    public static double ExpectedDiscount(PriceSnapshot prices, string instanceType) =>
        (double)Discount(prices, PriceNames.ExpectedDiscount, instanceType).Value!.Value;

    /// <summary>An assumption of the price table.</summary>
    internal static double Number(PriceSnapshot prices, string assumption) => (double)prices[assumption].Value!.Value;
}
