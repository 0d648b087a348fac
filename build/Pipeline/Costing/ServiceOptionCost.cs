using BuildPipeline.Jobs;
using BuildPipeline.Prices;

namespace BuildPipeline.Costing;

/// <summary>What AWS does around a job's attempts where it is asked to, and what that may use of the ceiling.</summary>
/// <remarks>
/// Neither raises the ceiling: MaxRuntimeInSeconds and MaxWaitTimeInSeconds hold for all attempts of a job together (service model of
/// StoppingCondition), and no more than the runtime and one stop is billed.
/// </remarks>
/// <param name="MaxRetryAttempts">Retries after an internal error of AWS; 0 is none.</param>
/// <param name="EachRetry">Dollars of one retry, about: a restart, and the work since the newest checkpoint; null is unknown, or nothing is saved.</param>
/// <param name="InfraCheck">True if AWS checks the nodes before training; how long that takes, and whether it is billed, AWS does not say.</param>
public sealed record ServiceOptionCost(int MaxRetryAttempts, Usd? EachRetry, bool InfraCheck)
{
    /// <summary>The options of a job; null if it has none.</summary>
    /// <param name="job">The job.</param>
    /// <param name="intervalSeconds">Seconds between its checkpoints; 0 is none.</param>
    /// <param name="ratePerHour">On-demand rate of all nodes; null is unknown.</param>
    /// <param name="prices">The prices of the run.</param>
    internal static ServiceOptionCost? Create(TrainingJobSpec job, double intervalSeconds, Usd? ratePerHour, PriceSnapshot prices)
    {
        if (job is { MaxRetryAttempts: null, EnableInfraCheck: not true })
        {
            return null;
        }

        var hours = (decimal)((JobAssumptions.Restart(prices).TotalSeconds + intervalSeconds) / 3600);
        Usd? each = intervalSeconds > 0 && ratePerHour is { } rate ? new Usd(decimal.Round((rate * hours).Amount, 4)) : null;
        return new(job.MaxRetryAttempts ?? 0, job.MaxRetryAttempts is null ? null : each, job.EnableInfraCheck == true);
    }
}
