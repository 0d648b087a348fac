using BuildPipeline.Approvals;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Runs;
using BuildPipeline.Training;

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

    /// <summary>What each rung of the job's ladder takes; the first is the job's own instance type.</summary>
    public required IReadOnlyList<BudgetRung> Rungs { get; init; }

    /// <summary>The ceiling of the run.</summary>
    public required BudgetAmounts Asked { get; init; }

    /// <summary>What a run asks for; null where no team has limits, and where nothing is launched or no price is known.</summary>
    /// <param name="run">The run, planned.</param>
    /// <param name="cost">Its price.</param>
    /// <param name="gpusPerNode">GPUs of one node of an instance type; null is unknown.</param>
    public static BudgetRequest? Of(RunRecord run, CostRecord cost, Func<string, int?> gpusPerNode)
    {
        if (run is not { Plan.TeamLimits: { } limits, Job: { Enabled: true } job } || cost is not { Ceiling: { } ceiling, JobRatePerHour: not null })
        {
            return null;
        }

        List<BudgetRung> rungs =
        [
            .. job.Rungs().Select((rung, index) => new BudgetRung(rung.InstanceType, rung.InstanceCount, gpusPerNode(rung.InstanceType), cost.RateOf(index + 1)!.Value)),
        ];
        var seconds = job.MaxRuntimeSeconds + (decimal)CostEstimator.StopGrace.TotalSeconds;
        return new BudgetRequest
        {
            Limits = limits,
            RunId = run.RunId,
            Digest = run.Subject is { } subject ? ApprovalDigest.Of(subject) : "",
            Job = job,
            Rungs = rungs,
            Asked = new BudgetAmounts(ceiling, Readable(rungs.Max(rung => rung.GpuHours(seconds))), rungs.Max(rung => rung.InstanceCount)),
        };
    }

    /// <summary>What the run has used once all of its jobs have ended; where a cost is unknown, the reservation counts as spent.</summary>
    public BudgetAmounts Used(RunRecord run) => run.ActualCost is { } known
        ? new BudgetAmounts(known, Readable(run.Attempts.Sum(attempt => Rungs[attempt.Rung - 1].GpuHours(attempt.TrainingSeconds ?? 0))), 0)
        : Asked with { Nodes = 0 };

    /// <summary>The reservation of this request.</summary>
    public LedgerEntry Entry(DateTimeOffset now) => new()
    {
        RunId = RunId,
        Digest = Digest,
        Environment = Job.Environment,
        Account = Job.RoleArn?.Split(':')[4],
        Region = Job.Region,
        JobName = $"{Job.Name}-{RunId}",
        InstanceType = Rungs[0].InstanceType,
        Gpus = Rungs[0].Gpus,
        UsdPerHour = Rungs[0].UsdPerHour,
        Ladder = [.. Rungs.Skip(1).Select(rung => new LedgerRung(rung.InstanceType, rung.InstanceCount, rung.Gpus, rung.UsdPerHour))],
        Amounts = Asked,
        ReservedAt = now,
        LeaseUntil = now + BudgetLedger.Lease,
    };

    private static decimal Readable(decimal gpuHours) => decimal.Round(gpuHours, 4);
}

/// <summary>What a rung of the ladder takes of a budget.</summary>
/// <param name="InstanceType">Instance type.</param>
/// <param name="InstanceCount">Nodes.</param>
/// <param name="GpusPerNode">GPUs of one node; null is unknown.</param>
/// <param name="UsdPerHour">On-demand rate of all nodes, dollars an hour.</param>
public sealed record BudgetRung(string InstanceType, int InstanceCount, int? GpusPerNode, Usd UsdPerHour)
{
    /// <summary>GPUs of all nodes.</summary>
    public int Gpus => (GpusPerNode ?? 0) * InstanceCount;

    /// <summary>GPU-hours of so many seconds.</summary>
    public decimal GpuHours(decimal seconds) => Gpus * seconds / 3600;
}
