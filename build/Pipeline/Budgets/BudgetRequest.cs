using BuildPipeline.Jobs;

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
