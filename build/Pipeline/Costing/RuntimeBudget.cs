using BuildPipeline.Jobs;

namespace BuildPipeline.Costing;

/// <summary>Turns approved dollars into AWS's own stop condition.</summary>
public static class RuntimeBudget
{
    // Less than a minute trains nothing; SageMaker would bill the start alone.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(60);

    /// <summary>Whole seconds of running time that the approved dollars buy, at most what the job asks for.</summary>
    /// <param name="approved">The approved ceiling.</param>
    /// <param name="cost">The price it was approved by.</param>
    /// <param name="job">The job as it is on its node option.</param>
    /// <param name="nodeOption">The node option, from 1.</param>
    /// <exception cref="PipelineException">They buy less than a minute, or the rate is unknown (exit code 3).</exception>
    public static TimeSpan MaxRuntime(Usd approved, CostRecord cost, TrainingJobSpec job, int nodeOption = 1)
    {
        if (cost.RateOf(nodeOption) is not { } rate || cost.CeilingOf(nodeOption) is not { } ceiling)
        {
            throw new PipelineException(CostingErrors.UnknownPrice, $"The price of {job.InstanceType} in {job.Region} is unknown, so the running time cannot be limited to an amount.");
        }

        // Lines other than running time have fixed costs; only the rest buys time.
        var requested = TimeSpan.FromSeconds(job.MaxRuntimeSeconds);
        // Divided last, so a quotient that is cut does not cost a second.
        var missing = ceiling > approved ? (ceiling - approved).Amount * 3600 / rate.Amount : 0;
        var bought = requested - TimeSpan.FromSeconds((double)decimal.Ceiling(missing));
        return bought >= Least
            ? bought
            : throw new PipelineException(
                CostingErrors.AmountTooSmall, $"{approved} pays for less than a minute of {job.InstanceCount} x {job.InstanceType} at {rate} an hour. Approve more, or make the job smaller.");
    }
}
