using BuildPipeline.Aws;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Runs;

namespace BuildPipeline.Tasks;

/// <summary>Prices a planned run.</summary>
public sealed class RunPricing(PriceReader prices, MeasuredStall stall, CostEstimator estimator, ServiceClock clock)
{
    /// <summary>The price by AWS's clock. A run keeps the prices that it was first priced with, so its digest holds.</summary>
    /// <param name="run">The run, planned.</param>
    /// <param name="terms">Its terms.</param>
    /// <param name="uploadBytes">Bytes that go to the artifact bucket.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    public async Task<CostRecord> PriceAsync(RunRecord run, RunTerms terms, long uploadBytes, CancellationToken cancellationToken)
    {
        var job = run.Job!;
        IReadOnlyList<string> types = [.. job.NodeOptions().Select(nodeOption => nodeOption.InstanceType).Distinct()];
        var snapshot = run.Cost?.Prices is { Inputs.Count: > 0 } kept ? kept : stall.AddTo(await prices.ReadAsync(job.Region, types, cancellationToken), run.Environment, job);
        var estimate = estimator.Estimate(JobSimulation.WithDeadline(job, terms), run.Plan!, snapshot, uploadBytes, terms.Policy);
        return estimate with { PricedAt = await clock.NowAsync(cancellationToken) };
    }
}
