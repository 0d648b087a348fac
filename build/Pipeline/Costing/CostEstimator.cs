using System.Globalization;
using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Spot;
using BuildPipeline.Terraform;

namespace BuildPipeline.Costing;

/// <summary>Prices a job and the infrastructure of its plan, and decides whether it may be put up for approval.</summary>
/// <remarks>
/// The ceiling is on-demand: maximum running time and a stop x nodes x on-demand rate, plus volumes, plus the infrastructure around
/// the job for as long as it may wait. On spot the service bills seconds that have the discount in them, so the bill cannot exceed it.
/// With fallbacks it is that of the most expensive node option: a node option without capacity costs nothing, and one that did run is paid from the same dollars.
/// Expected and p90 come from <see cref="CostSimulation"/>.
/// </remarks>
public sealed class CostEstimator(PriceBook priceBook, TimeProvider time)
{
    /// <summary>
    /// What a stop, by the running time's end or by hand, adds to the bill: 120 s that the program has to end (StopTrainingJob), and the
    /// upload of what it left, because billing ends after that (TrainingEndTime of DescribeTrainingJob). SageMaker does not limit the
    /// upload; the ceiling counts 60 s of it.
    /// </summary>
    public static readonly TimeSpan StopTime = TimeSpan.FromSeconds(120 + 60);

    /// <summary>The part of a spot run that may be lost between checkpoints before the gate refuses.</summary>
    public const double MostLost = 0.10;

    /// <summary>Prices a run.</summary>
    /// <param name="job">The job, with the deadline that it is launched with.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="prices">The prices to calculate with.</param>
    /// <param name="uploadedBytes">Bytes of program and data that the pipeline uploads.</param>
    /// <param name="policy">Name of the policy that keeps the deadline.</param>
    /// <param name="due">Time from submission after which the job counts as late; null is its deadline.</param>
    /// <exception cref="PipelineException">The instance type does not exist (exit code 2).</exception>
    public CostRecord Estimate(TrainingJobSpec job, PlanRecord plan, PriceSnapshot prices, long uploadedBytes = 0, string policy = MarketPolicies.Default, TimeSpan? due = null)
    {
        var lines = new CostLines(prices, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
        var standing = TimeSpan.FromSeconds(job.NodeOptions().Sum(nodeOption => nodeOption.MaxWaitSeconds ?? nodeOption.MaxRuntimeSeconds)) + StopTime;
        var retention = ArtifactRetention.From(plan, job.ArtifactPrefix);
        var nodeOptions = job.Enabled ? job.NodeOptions().Select(nodeOption => Price(nodeOption, JobSimulation.InputsOf(nodeOption, prices, policy) with { Due = due }, lines, retention, prices)).ToList() : [];
        List<CostLine> infrastructure = [.. lines.Uploads(job.Enabled ? uploadedBytes : 0), .. lines.Infrastructure(plan, standing), .. lines.Observation(job, standing)];
        List<CostLine> all = [.. nodeOptions.Take(1).SelectMany(nodeOption => nodeOption.Lines), .. infrastructure];
        var simulation = nodeOptions.FirstOrDefault()?.CostSimulation;
        var rate = RateOf(job, prices);
        List<NodeOptionCost> costs = [.. nodeOptions.Select(nodeOption => CostOf(nodeOption, infrastructure, prices))];
        var ceiling = job.Enabled ? MostExpensive(costs) : Sum(all.Select(line => line.Ceiling))?.RoundedUpToCents();
        var reasons = Refusals(plan, prices, nodeOptions, [.. nodeOptions.SelectMany(nodeOption => nodeOption.Lines), .. infrastructure], ceiling).ToList();
        return new CostRecord
        {
            Expected = Readable(Sum(all.Select(line => line.Expected))),
            P90 = Readable(Sum([simulation is null ? Usd.Zero : rate * Hours(simulation.P90Billable), .. all.Where(line => line.Unit != "node-hour").Select(line => line.Ceiling)])),
            Ceiling = ceiling,
            JobRatePerHour = job.Enabled ? rate : null,
            NodeOptions = costs,
            Lines = all,
            Prices = prices,
            CostSimulation = simulation is null ? null : simulation.Time with { DeadlineHours = job.DeadlineHours },
            Checkpoints = nodeOptions.FirstOrDefault()?.Checkpoints,
            ServiceOptions = nodeOptions is [var first, ..] ? ServiceOptionCost.Create(job, first.Checkpoints.IntervalSeconds, rate, prices) : null,
            MaxRunCostUsd = plan.MaxRunCostUsd,
            Verdict = reasons.Count == 0 ? GateVerdict.NeedsApproval : GateVerdict.Refuse,
            Reasons = reasons.Count == 0 ? [$"Ceiling {ceiling} is within the {plan.MaxRunCostUsd} limit; approval required."] : reasons,
            PricedAt = time.GetUtcNow(),
        };
    }

    private PricedNodeOption Price(TrainingJobSpec job, CostSimulationInputs inputs, CostLines lines, ArtifactRetention retention, PriceSnapshot prices)
    {
        var (simulation, checkpoints) = (CostSimulation.Run(inputs), CheckpointChooser.Choose(job, prices));
        return new PricedNodeOption(job, simulation, checkpoints, [.. lines.Job(job, simulation, checkpoints, priceBook.HasLocalDisk(job.InstanceType), retention)]);
    }

    private static NodeOptionCost CostOf(PricedNodeOption nodeOption, List<CostLine> infrastructure, PriceSnapshot prices)
    {
        var ceiling = Sum(nodeOption.Lines.Concat(infrastructure).Select(line => line.Ceiling))?.RoundedUpToCents();
        return new NodeOptionCost(nodeOption.Job.InstanceType, nodeOption.Job.InstanceCount, nodeOption.Job.UseSpotInstances, RateOf(nodeOption.Job, prices), ceiling);
    }

    private static Usd? RateOf(TrainingJobSpec job, PriceSnapshot prices) =>
        prices[job.InstanceType].Value is { } value ? new Usd(value) * job.InstanceCount : null;

    // One unknown makes the most unknown.
    private static Usd? MostExpensive(IReadOnlyList<NodeOptionCost> nodeOptions) => nodeOptions.Any(nodeOption => nodeOption.Ceiling is null) ? null : nodeOptions.Max(nodeOption => nodeOption.Ceiling);

    private static IEnumerable<string> Refusals(
        PlanRecord plan, PriceSnapshot prices, IReadOnlyList<PricedNodeOption> nodeOptions, IReadOnlyList<CostLine> lines, Usd? ceiling)
    {
        foreach (var job in plan.Resources.Where(resource => resource is { Type: TerraformDocuments.TrainingJob, Action: "create" or "update" or "replace" }))
        {
            yield return $"{CostingErrors.TerraformSubmits.Id} The plan would {job.Action} {job.Address}, but only Launch submits jobs. Remove it from infra/, or create it only where training_job_submitter is terraform.";
        }

        foreach (var job in nodeOptions.Select(nodeOption => nodeOption.Job).DistinctBy(job => job.InstanceType).Where(job => prices[job.InstanceType].Value is null))
        {
            yield return $"{CostingErrors.UnknownPrice.Id} The price of {job.InstanceType} in {job.Region} is unknown. Choose an instance type and region with a known price.";
        }

        foreach (var (index, job) in nodeOptions.Select(nodeOption => nodeOption.Job).Index().Where(nodeOption => nodeOption.Item.MaxUsdPerNodeHour is { } bound && prices[nodeOption.Item.InstanceType].Value > bound.Amount))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{CostingErrors.OverNodeLimit.Id} A node of option {index + 1}, {job.InstanceType}, costs ${prices[job.InstanceType].Value:0.00##} an hour on-demand, over its limit of ${job.MaxUsdPerNodeHour!.Value.Amount:0.00##}. Raise its max_usd_per_node_hour, or choose another instance type.");
        }

        foreach (var line in lines.Where(line => line is { Ceiling: null, Unit: not "node-hour" }).DistinctBy(line => line.Name))
        {
            yield return $"{CostingErrors.UnknownPrice.Id} The price of {line.Name} is unknown. Remove it from infra/, or add its price to infra/prices.json.";
        }

        if (ceiling > plan.MaxRunCostUsd)
        {
            yield return $"{CostingErrors.OverLimit.Id} The run can cost up to {ceiling}, over the limit of {plan.MaxRunCostUsd}. Lower max_runtime_seconds or instance_count, choose a cheaper instance_type, or raise max_run_cost_usd.";
        }

        foreach (var refusal in nodeOptions.Where(nodeOption => nodeOption.Job.UseSpotInstances).Select(nodeOption => CheckpointRefusal(nodeOption, prices)).OfType<string>().Distinct())
        {
            yield return refusal;
        }
    }

    private static string? CheckpointRefusal(PricedNodeOption nodeOption, PriceSnapshot prices)
    {
        var checkpoints = nodeOption.Checkpoints;
        if (checkpoints.IntervalSeconds <= 0)
        {
            return $"{CostingErrors.NoCheckpoints.Id} A spot job without checkpoints starts from zero after each interruption. Set checkpoint_interval_seconds.";
        }

        var timeBetweenInterruptions = JobAssumptions.TimeBetweenInterruptions(prices);
        var lost = CostSimulation.LostShare(TimeSpan.FromSeconds(checkpoints.IntervalSeconds), JobAssumptions.Work(nodeOption.Job, prices), timeBetweenInterruptions);
        return lost <= MostLost ? null
            : checkpoints.Auto ? string.Create(
                CultureInfo.InvariantCulture,
                $"{CostingErrors.TooMuchRepeated.Id} Even with the best checkpoint interval, {checkpoints.IntervalSeconds:0} s, about {lost * 100:0}% of the work would be repeated on spot: each checkpoint pauses training for {checkpoints.StallSeconds:0} s, and the mean time between interruptions is {timeBetweenInterruptions.InWords()}. Make checkpoints smaller, spread them over more nodes (checkpoint_size_gb, instance_count), or set use_spot_instances to false.")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{CostingErrors.TooMuchRepeated.Id} With a checkpoint every {checkpoints.IntervalSeconds:0.#} s and an interruption every {timeBetweenInterruptions.InWords()}, about {lost * 100:0}% of the work would be repeated on spot. Set checkpoint_interval_seconds to at most {(int)(2 * MostLost * timeBetweenInterruptions.TotalSeconds)}.");
    }

    // Estimates carry no more than a hundredth of a cent.
    private static Usd? Readable(Usd? amount) => amount is { } known ? new Usd(decimal.Round(known.Amount, 4)) : null;

    private static decimal Hours(TimeSpan span) => span.Ticks / (decimal)TimeSpan.TicksPerHour;

    // One unknown makes the sum unknown.
    private static Usd? Sum(IEnumerable<Usd?> amounts) => amounts.Aggregate((Usd?)Usd.Zero, (sum, amount) => sum + amount);

    private sealed record PricedNodeOption(TrainingJobSpec Job, CostSimulationResult CostSimulation, CheckpointChoice Checkpoints, IReadOnlyList<CostLine> Lines);
}
