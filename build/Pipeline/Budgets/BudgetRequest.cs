using BuildPipeline.Approvals;
using BuildPipeline.Costing;
using BuildPipeline.Runs;

namespace BuildPipeline.Budgets;

/// <summary>What a run asks of its team's budget.</summary>
public sealed record BudgetRequest
{
    /// <summary>The team's limits.</summary>
    public required TeamLimits Limits { get; init; }

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>Digest of what is approved; empty before the gate has passed.</summary>
    public required string Digest { get; init; }

    /// <summary>The job.</summary>
    public required TrainingJobSpec Job { get; init; }

    /// <summary>GPUs of one node; null is unknown.</summary>
    public required int? GpusPerNode { get; init; }

    /// <summary>On-demand rate of all nodes, dollars an hour.</summary>
    public required Usd UsdPerHour { get; init; }

    /// <summary>The ceiling of the run.</summary>
    public required BudgetAmounts Asked { get; init; }

    /// <summary>What a run asks for; null where no team has limits, and where nothing is launched or no price is known.</summary>
    /// <param name="run">The run, planned.</param>
    /// <param name="cost">Its price.</param>
    /// <param name="gpusPerNode">GPUs of one node; null is unknown.</param>
    public static BudgetRequest? Of(RunRecord run, CostRecord cost, int? gpusPerNode)
    {
        if (run is not { Plan.TeamLimits: { } limits, Job: { Enabled: true } job } || cost is not { Ceiling: { } ceiling, JobRatePerHour: { } rate })
        {
            return null;
        }

        var seconds = job.MaxRuntimeSeconds + (decimal)CostEstimator.StopGrace.TotalSeconds;
        return new BudgetRequest
        {
            Limits = limits,
            RunId = run.RunId,
            Digest = run.Subject is { } subject ? ApprovalDigest.Of(subject) : "",
            Job = job,
            GpusPerNode = gpusPerNode,
            UsdPerHour = rate,
            Asked = new BudgetAmounts(ceiling, GpuHours(job, gpusPerNode, seconds), job.InstanceCount),
        };
    }

    /// <summary>What the run has used once all of its jobs have ended.</summary>
    /// <param name="cost">What they have cost, dollars; null is unknown, and then the reservation counts as spent.</param>
    /// <param name="seconds">Seconds that they trained.</param>
    public BudgetAmounts Used(Usd? cost, int seconds) =>
        cost is { } known ? new BudgetAmounts(known, GpuHours(Job, GpusPerNode, seconds), 0) : Asked with { Nodes = 0 };

    /// <summary>The reservation of this request.</summary>
    public LedgerEntry Entry(DateTimeOffset now) => new()
    {
        RunId = RunId,
        Digest = Digest,
        Environment = Job.Environment,
        Account = Job.RoleArn?.Split(':')[4],
        Region = Job.Region,
        JobName = $"{Job.Name}-{RunId}",
        InstanceType = Job.InstanceType,
        Gpus = (GpusPerNode ?? 0) * Job.InstanceCount,
        UsdPerHour = UsdPerHour,
        Amounts = Asked,
        ReservedAt = now,
        LeaseUntil = now + BudgetLedger.Lease,
    };

    private static decimal GpuHours(TrainingJobSpec job, int? gpusPerNode, decimal seconds) =>
        decimal.Round((gpusPerNode ?? 0) * job.InstanceCount * seconds / 3600, 4);
}
