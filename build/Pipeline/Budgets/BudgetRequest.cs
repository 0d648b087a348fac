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

    /// <summary>What each node option takes; the first is the job's own instance type.</summary>
    public required IReadOnlyList<BudgetNodeOption> NodeOptions { get; init; }

    /// <summary>The ceiling of the run.</summary>
    public required BudgetAmounts Requested { get; init; }

    /// <summary>The reservation of this request.</summary>
    public LedgerEntry Entry(DateTimeOffset now) => new()
    {
        RunId = RunId,
        Digest = Digest,
        Environment = Job.Environment,
        Account = Job.RoleArn?.Split(':')[4],
        Region = Job.Region,
        JobName = $"{Job.Name}-{RunId}",
        InstanceType = NodeOptions[0].InstanceType,
        Gpus = NodeOptions[0].Gpus,
        UsdPerHour = NodeOptions[0].UsdPerHour,
        Fallbacks = [.. NodeOptions.Skip(1).Select(nodeOption => new LedgerNodeOption(nodeOption.InstanceType, nodeOption.InstanceCount, nodeOption.Gpus, nodeOption.UsdPerHour))],
        Amounts = Requested,
        ReservedAt = now,
        LeaseUntil = now + BudgetLedger.Lease,
    };
}

/// <summary>What a node option takes of a budget.</summary>
/// <param name="InstanceType">Instance type.</param>
/// <param name="InstanceCount">Nodes.</param>
/// <param name="GpusPerNode">GPUs of one node; null is unknown.</param>
/// <param name="UsdPerHour">On-demand rate of all nodes, dollars an hour.</param>
public sealed record BudgetNodeOption(string InstanceType, int InstanceCount, int? GpusPerNode, Usd UsdPerHour)
{
    /// <summary>GPUs of all nodes.</summary>
    public int Gpus => (GpusPerNode ?? 0) * InstanceCount;

    /// <summary>GPU-hours of so many seconds.</summary>
    public decimal GpuHours(decimal seconds) => Gpus * seconds / 3600;
}
