using System.Globalization;
using BuildPipeline.Runs;

namespace BuildPipeline.Costing;

/// <summary>Prices a job and the infrastructure of its plan, and decides whether it may be put up for approval.</summary>
/// <remarks>
/// The ceiling is on-demand: maximum running time and the stop's grace x nodes x on-demand rate, plus volumes, plus what stands around
/// the job for as long as it may wait. On spot the service bills seconds that have the discount in them, so the bill cannot exceed it.
/// </remarks>
public sealed class CostEstimator(PriceBook prices, TimeProvider time)
{
    /// <summary>A stop, by the running time's end or by hand, leaves the program 120 s, which are billed (StopTrainingJob).</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(120);

    private const decimal HoursPerMonth = 730;

    /// <summary>Prices a run.</summary>
    /// <exception cref="PipelineException">The instance type does not exist (exit code 2).</exception>
    public CostRecord Estimate(TrainingJobSpec job, PlanRecord plan)
    {
        var rate = prices.TrainingRatePerHour(job.Region, job.InstanceType);
        List<CostLine> lines = [.. job.Enabled ? JobLines(job, rate) : [], .. InfrastructureLines(job, plan)];
        var infrastructure = Sum(InfrastructureLines(job, plan).Select(line => line.Ceiling));
        var volume = job.Enabled ? VolumeLine(job)?.Ceiling ?? Usd.Zero : Usd.Zero;
        var ceiling = Sum(lines.Select(line => line.Ceiling))?.RoundedUpToCents();
        var reasons = Refusals(job, plan, rate, ceiling).ToList();
        return new CostRecord
        {
            Expected = Readable(Sum(lines.Select(line => line.Expected))),
            P90 = Readable(job.Enabled ? JobAt(job, rate, prices.Spot.P90Discount) + volume + infrastructure : infrastructure),
            Ceiling = ceiling,
            JobRatePerHour = job.Enabled ? rate * job.InstanceCount : null,
            Lines = lines,
            Prices = prices.Snapshot,
            Limit = plan.MaxRunCost,
            Verdict = reasons.Count == 0 ? GateVerdict.NeedsApproval : GateVerdict.Refuse,
            Reasons = reasons.Count == 0 ? [$"At most {ceiling} of the {plan.MaxRunCost} that a run may cost; it has to be approved."] : reasons,
            PricedAt = time.GetUtcNow(),
        };
    }

    private static IEnumerable<string> Refusals(TrainingJobSpec job, PlanRecord plan, Usd? rate, Usd? ceiling)
    {
        if (job.Enabled && rate is null)
        {
            yield return $"The price of {job.InstanceType} in {job.Region} is unknown, and an unknown price is never taken as zero; choose a priced type or region.";
        }

        if (ceiling > plan.MaxRunCost)
        {
            yield return $"The run can cost up to {ceiling}, over the limit of {plan.MaxRunCost}; lower max_runtime_seconds, instance_count or the instance type, or raise max_run_cost_usd.";
        }

        if (job is { Enabled: true, UseSpotInstances: true, CheckpointIntervalSeconds: <= 0 })
        {
            yield return "A spot job without checkpoints starts from zero after each interruption; set checkpoint_interval_seconds.";
        }
    }

    private IEnumerable<CostLine> JobLines(TrainingJobSpec job, Usd? rate)
    {
        var hours = Hours(TimeSpan.FromSeconds(job.MaxRuntimeSeconds) + StopGrace) * job.InstanceCount;
        yield return new CostLine(
            $"{job.InstanceCount} x {job.InstanceType}, {(job.UseSpotInstances ? "managed spot" : "on demand")}",
            Amount(hours),
            "node-hour",
            rate,
            JobAt(job, rate, prices.Spot.ExpectedDiscount),
            rate * hours,
            PerMonth: null,
            $"{prices.Snapshot.Source}, {prices.Snapshot.Date:yyyy-MM-dd}" + (job.UseSpotInstances ? $"; expected at {prices.Spot.ExpectedDiscount:P0} spot discount ({prices.Spot.Source})" : ""));
        if (VolumeLine(job) is { } volume)
        {
            yield return volume;
        }
    }

    private CostLine? VolumeLine(TrainingJobSpec job)
    {
        if (prices.HasLocalDisk(job.InstanceType))
        {
            return null;
        }

        var price = new Usd(prices.Infrastructure.TrainingVolumeUsdPerGbMonth);
        var months = job.VolumeSizeGb * job.InstanceCount * Hours(TimeSpan.FromSeconds(job.MaxRuntimeSeconds) + StopGrace) / HoursPerMonth;
        return new CostLine(
            $"{job.InstanceCount} x {job.VolumeSizeGb} GB training volume", Amount(months), "GB-month", price, price * months, price * months, null, prices.Infrastructure.Source);
    }

    private IEnumerable<CostLine> InfrastructureLines(TrainingJobSpec job, PlanRecord plan)
    {
        var hours = Hours(TimeSpan.FromSeconds(job.MaxWaitSeconds ?? job.MaxRuntimeSeconds) + StopGrace);
        var zones = plan.InterfaceEndpointZones;
        if (zones > 0)
        {
            yield return Standing("interface endpoints, by zone", zones, "zone-hour", prices.Infrastructure.InterfaceEndpointUsdPerZoneHour, hours * zones, HoursPerMonth * zones);
        }

        var keys = plan.Resources.Count(resource => resource is { Type: "aws_kms_key", Action: not "delete" });
        if (keys > 0)
        {
            yield return Standing("KMS key(s)", keys, "key-month", prices.Infrastructure.KmsKeyUsdPerMonth, keys * hours / HoursPerMonth, keys);
        }
    }

    private CostLine Standing(string name, int count, string unit, decimal price, decimal quantity, decimal quantityPerMonth)
    {
        var cost = new Usd(price) * quantity;
        return new CostLine($"{count} {name}", Amount(quantity), unit, new Usd(price), cost, cost, new Usd(price) * quantityPerMonth, prices.Infrastructure.Source);
    }

    private static Usd? JobAt(TrainingJobSpec job, Usd? rate, decimal spotDiscount) =>
        rate * (Hours(TimeSpan.FromSeconds(job.MaxRuntimeSeconds)) * job.InstanceCount * (job.UseSpotInstances ? 1 - spotDiscount : 1));

    // Estimates carry no more than a hundredth of a cent.
    private static Usd? Readable(Usd? amount) => amount is { } known ? new Usd(decimal.Round(known.Amount, 4)) : null;

    private static decimal Hours(TimeSpan span) => span.Ticks / (decimal)TimeSpan.TicksPerHour;

    private static string Amount(decimal quantity) => quantity.ToString("0.####", CultureInfo.InvariantCulture);

    // One unknown makes the sum unknown.
    private static Usd? Sum(IEnumerable<Usd?> amounts) => amounts.Aggregate((Usd?)Usd.Zero, (sum, amount) => sum + amount);
}
