using System.Globalization;
using BuildPipeline.Runs;
using BuildPipeline.Spot;

namespace BuildPipeline.Costing;

/// <summary>Prices a job and the infrastructure of its plan, and decides whether it may be put up for approval.</summary>
/// <remarks>
/// The ceiling is on-demand: maximum running time and the stop's grace x nodes x on-demand rate, plus volumes, plus what stands around
/// the job for as long as it may wait. On spot the service bills seconds that have the discount in them, so the bill cannot exceed it.
/// Expected and p90 come from <see cref="Envelope"/>.
/// </remarks>
public sealed class CostEstimator(PriceBook catalog, TimeProvider time)
{
    /// <summary>A stop, by the running time's end or by hand, leaves the program 120 s, which are billed (StopTrainingJob).</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(120);

    /// <summary>The part of a spot run that may be lost between checkpoints before the gate refuses.</summary>
    public const double MostLost = 0.10;

    /// <summary>Prices a run.</summary>
    /// <param name="job">The job, with the deadline that it is launched with.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="prices">The prices to reckon with.</param>
    /// <param name="policy">Name of the policy that keeps the deadline.</param>
    /// <exception cref="PipelineException">The instance type does not exist (exit code 2).</exception>
    public CostRecord Estimate(TrainingJobSpec job, PlanRecord plan, PriceSnapshot prices, string policy = MarketPolicies.Default)
    {
        var lines = new CostLines(prices, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var standing = TimeSpan.FromSeconds(job.MaxWaitSeconds ?? job.MaxRuntimeSeconds) + StopGrace;
        var envelope = job.Enabled ? Envelope.Of(JobEnvelope.InputsOf(job, prices, policy)) : null;
        var checkpoints = CheckpointChooser.Of(job, prices);
        List<CostLine> all = [.. envelope is null ? [] : lines.Job(job, envelope, checkpoints, catalog.HasLocalDisk(job.InstanceType)), .. lines.Infrastructure(plan, standing)];
        var rate = prices[job.InstanceType].Value is { } value ? new Usd(value) * job.InstanceCount : (Usd?)null;
        var ceiling = Sum(all.Select(line => line.Ceiling))?.RoundedUpToCents();
        var reasons = Refusals(job, plan, prices, checkpoints, all, ceiling).ToList();
        return new CostRecord
        {
            Expected = Readable(Sum(all.Select(line => line.Expected))),
            P90 = Readable(Sum([envelope is null ? Usd.Zero : rate * Hours(envelope.P90Billable), .. all.Where(line => line.Unit != "node-hour").Select(line => line.Ceiling)])),
            Ceiling = ceiling,
            JobRatePerHour = job.Enabled ? rate : null,
            Lines = all,
            Prices = prices,
            Envelope = envelope?.Time,
            Checkpoints = job.Enabled ? checkpoints : null,
            Limit = plan.MaxRunCost,
            Verdict = reasons.Count == 0 ? GateVerdict.NeedsApproval : GateVerdict.Refuse,
            Reasons = reasons.Count == 0 ? [$"At most {ceiling} of the {plan.MaxRunCost} that a run may cost; it has to be approved."] : reasons,
            PricedAt = time.GetUtcNow(),
        };
    }

    private static IEnumerable<string> Refusals(
        TrainingJobSpec job, PlanRecord plan, PriceSnapshot prices, CheckpointChoice checkpoints, IReadOnlyList<CostLine> lines, Usd? ceiling)
    {
        if (job.Enabled && prices[job.InstanceType].Value is null)
        {
            yield return $"The price of {job.InstanceType} in {job.Region} is unknown, and an unknown price is never taken as zero; choose a priced type or region.";
        }

        foreach (var line in lines.Where(line => line is { Ceiling: null, Unit: not "node-hour" }))
        {
            yield return $"The price of {line.Name} is unknown, and an unknown price is never taken as zero; leave it out of infra/, or put its price into build/Pipeline/Costing/Data/prices.json.";
        }

        if (ceiling > plan.MaxRunCost)
        {
            yield return $"The run can cost up to {ceiling}, over the limit of {plan.MaxRunCost}; lower max_runtime_seconds, instance_count or the instance type, or raise max_run_cost_usd.";
        }

        if (job is { Enabled: true, UseSpotInstances: true } && CheckpointRefusal(job, prices, checkpoints) is { } refusal)
        {
            yield return refusal;
        }
    }

    private static string? CheckpointRefusal(TrainingJobSpec job, PriceSnapshot prices, CheckpointChoice checkpoints)
    {
        if (checkpoints.IntervalSeconds <= 0)
        {
            return "A spot job without checkpoints starts from zero after each interruption; set checkpoint_interval_seconds.";
        }

        var upRun = JobEnvelope.UpRun(prices);
        var lost = Envelope.LostShare(TimeSpan.FromSeconds(checkpoints.IntervalSeconds), JobEnvelope.Work(job, prices), upRun);
        return lost <= MostLost ? null
            : checkpoints.Auto ? string.Create(
                CultureInfo.InvariantCulture,
                $"Even with the best checkpoint interval, {checkpoints.IntervalSeconds:0} s, a spot run does {lost * 100:0} % of its work twice, for each save holds it up for {checkpoints.StallSeconds:0} s and an interruption comes every {upRun.TotalHours:0.#} h; make checkpoints smaller or spread them over more nodes (checkpoint_size_gb, instance_count), or set use_spot_instances to false.")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"With a checkpoint every {checkpoints.IntervalSeconds:0.#} s and an interruption every {upRun.TotalHours:0.#} h a spot run does {lost * 100:0} % of its work twice; set checkpoint_interval_seconds to at most {(int)(2 * MostLost * upRun.TotalSeconds)}.");
    }

    // Estimates carry no more than a hundredth of a cent.
    private static Usd? Readable(Usd? amount) => amount is { } known ? new Usd(decimal.Round(known.Amount, 4)) : null;

    private static decimal Hours(TimeSpan span) => span.Ticks / (decimal)TimeSpan.TicksPerHour;

    // One unknown makes the sum unknown.
    private static Usd? Sum(IEnumerable<Usd?> amounts) => amounts.Aggregate((Usd?)Usd.Zero, (sum, amount) => sum + amount);
}
