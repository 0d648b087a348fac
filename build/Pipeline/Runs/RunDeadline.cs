using BuildPipeline.Accounts;
using BuildPipeline.Prices;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Runs;

/// <summary>What keeps the deadline of a run.</summary>
public static class RunDeadline
{
    /// <summary>A monitor for the jobs of the run's current node option; null if there is no deadline, or nothing to move.</summary>
    /// <param name="run">The run.</param>
    /// <param name="polling">How often the service is asked, and how fast the market moves.</param>
    public static DeadlineMonitor? Monitor(RunRecord run, PollingOptions polling)
    {
        if (run is not { DeadlineAt: { } deadlineAt, CurrentAttempt: { } attempt, Job: { } job, Cost: { } cost } || !run.JobOf(attempt).UseSpotInstances)
        {
            return null;
        }

        var policy = run.TermsWith().Policy;
        return new DeadlineMonitor(
            () => MarketPolicies.Create(policy, SafetyNet.Measured),
            SafetyNet.Measured,
            new DeadlineTerms
            {
                StartedAt = run.Attempts[0].IntentAt,
                DeadlineAt = deadlineAt,
                ExpectedWork = TimeSpan.FromSeconds(job.ExpectedRuntimeSeconds ?? job.MaxRuntimeSeconds),
                ExpectedRestart = polling.ExpectedRestart,
                ExpectedStop = polling.ExpectedStop,
                SpotPriceRatio = 1 - JobAssumptions.ExpectedDiscount(cost.Prices, run.JobOf(attempt).InstanceType),
                Tick = polling.Poll,
                MarketSpeed = polling.MarketSpeed,
            });
    }
}
