using BuildPipeline.Budgets;
using BuildPipeline.Checkpoints;
using BuildPipeline.Prices;

namespace BuildPipeline.Costing;

/// <summary>What the gate decided.</summary>
public enum GateVerdict
{
    /// <summary>Within the limits; a person or the sandbox's policy has to approve.</summary>
    NeedsApproval,

    /// <summary>Over a limit, or not priced.</summary>
    Refuse,
}

/// <summary>The price of a run before it is applied: <c>cost.json</c>.</summary>
public sealed record CostRecord
{
    /// <summary>What the run will probably cost, dollars; null is unknown.</summary>
    public Usd? Expected { get; init; }

    /// <summary>Nine runs in ten cost at most this, dollars; null is unknown.</summary>
    public Usd? P90 { get; init; }

    /// <summary>The most that the run can cost, whatever node option it is on, dollars; null is unknown.</summary>
    public Usd? Ceiling { get; init; }

    /// <summary>On-demand rate of all nodes of the job's own instance type, dollars an hour; null is unknown.</summary>
    public Usd? JobRatePerHour { get; init; }

    /// <summary>What each node option costs, the job's own instance type first; empty if nothing is launched.</summary>
    public IReadOnlyList<NodeOptionCost> NodeOptions { get; init; } = [];

    /// <summary>Price lines behind the figures, with the nodes of the job's own instance type.</summary>
    public required IReadOnlyList<CostLine> Lines { get; init; }

    /// <summary>The prices that were used.</summary>
    public required PriceSnapshot Prices { get; init; }

    /// <summary>What the estimate of the job's time is based on; null if nothing is launched.</summary>
    public CostSimulationRecord? CostSimulation { get; init; }

    /// <summary>How often the job is asked to save; null if nothing is launched.</summary>
    public CheckpointChoice? Checkpoints { get; init; }

    /// <summary>Retries and the check of the nodes; null if the job asks for neither.</summary>
    public ServiceOptionCost? ServiceOptions { get; init; }

    /// <summary>Per-run limit, dollars.</summary>
    public required Usd MaxRunCostUsd { get; init; }

    /// <summary>The balance of the paying team, and what this run asks for; null if no team has limits.</summary>
    public TeamBudget? Team { get; init; }

    /// <summary>The service quotas that bind the job, as far as they could be read.</summary>
    public IReadOnlyList<QuotaUse> Quotas { get; init; } = [];

    /// <summary>The gate's decision.</summary>
    public required GateVerdict Verdict { get; init; }

    /// <summary>One sentence for each thing that led to the decision.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>When the figures were made.</summary>
    public required DateTimeOffset PricedAt { get; init; }

    /// <summary>On-demand rate of all nodes of a node option, dollars an hour; null is unknown.</summary>
    public Usd? RateOf(int nodeOption) => NodeOptions.Count == 0 ? JobRatePerHour : NodeOptions[nodeOption - 1].RatePerHour;

    /// <summary>The most that the run can cost where all of its running time is on that node option, dollars; null is unknown.</summary>
    public Usd? CeilingOf(int nodeOption) => NodeOptions.Count == 0 ? Ceiling : NodeOptions[nodeOption - 1].Ceiling;

    /// <summary>The service quotas that a node option is too large for; null if it fits, as far as they are known.</summary>
    public string? QuotaShortfallMessage(int nodeOption) =>
        Quotas.Where(quota => quota.NodeOption == nodeOption && quota.IsExceeded).Select(quota => $"needs {quota.Needed:0}, and the quota '{quota.Name}' is {quota.Limit:0}").ToList() is { Count: > 0 } exceeded
            ? string.Join(" and ", exceeded)
            : null;
}

/// <summary>What a node option costs.</summary>
/// <param name="InstanceType">Instance type.</param>
/// <param name="InstanceCount">Nodes.</param>
/// <param name="UseSpotInstances">Managed spot.</param>
/// <param name="RatePerHour">On-demand rate of all nodes, dollars an hour; null is unknown.</param>
/// <param name="Ceiling">The most that the run can cost where all of its running time is on this node option, dollars; null is unknown.</param>
public sealed record NodeOptionCost(string InstanceType, int InstanceCount, bool UseSpotInstances, Usd? RatePerHour, Usd? Ceiling);

/// <summary>One priced thing.</summary>
public sealed record CostLine
{
    /// <summary>What, for example <c>2 x ml.g5.xlarge, managed spot</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How much of it the ceiling counts, for example <c>1.00 h</c>.</summary>
    public required string Quantity { get; init; }

    /// <summary>For example <c>node-hour</c>, <c>GB-month</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>Dollars a unit; null is unknown.</summary>
    public Usd? UnitPrice { get; init; }

    /// <summary>Expected dollars; null is unknown.</summary>
    public Usd? Expected { get; init; }

    /// <summary>Dollars at most; null is unknown.</summary>
    public Usd? Ceiling { get; init; }

    /// <summary>What it costs a month if it is not destroyed, dollars; null if it ends with the job.</summary>
    public Usd? PerMonth { get; init; }

    /// <summary>Where the price is from, with its date.</summary>
    public required string Source { get; init; }
}

/// <summary>How long the job probably runs, over many sampled runs of it.</summary>
public sealed record CostSimulationRecord
{
    /// <summary>Seconds that it would run undisturbed.</summary>
    public required double WorkSeconds { get; init; }

    /// <summary>Seconds that it runs on average, lost work, restarts and checkpoint stalls included.</summary>
    public required double ExpectedSeconds { get; init; }

    /// <summary>Nine sampled runs in ten run at most so many seconds.</summary>
    public required double P90Seconds { get; init; }

    /// <summary>Seconds from submission to the end on average, waiting for capacity included.</summary>
    public required double FinishSeconds { get; init; }

    /// <summary>Interruptions on average.</summary>
    public required double Interruptions { get; init; }

    /// <summary>Share of the running time that is lost to interruptions and restarts on average, 0 to 1.</summary>
    public required double LostShare { get; init; }

    /// <summary>Share of the sampled runs that do not finish by the deadline or, without one, before the service stops the job, 0 to 1.</summary>
    public required double DeadlineRisk { get; init; }

    /// <summary>Share of the sampled runs that the service stops at <c>max_wait_seconds</c>, 0 to 1; null in records of older versions.</summary>
    public double? MaxWaitRisk { get; init; }

    /// <summary>Share of the sampled runs that move to on-demand to keep the deadline, 0 to 1; null if none may.</summary>
    public double? MoveShare { get; init; }

    /// <summary>Hours from submission by which the job has to be done; null means no deadline.</summary>
    public double? DeadlineHours { get; init; }
}
