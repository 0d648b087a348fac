using BuildPipeline.Approvals;
using BuildPipeline.Budgets;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;

namespace BuildPipeline.Runs;

/// <summary>What a run asks of its team's budget, and what it has used of it.</summary>
public static class RunBudget
{
    /// <summary>What a run asks for; null if no team has limits, and where nothing is launched or no price is known.</summary>
    /// <param name="run">The run, planned.</param>
    /// <param name="cost">Its price.</param>
    /// <param name="gpusPerNode">GPUs of one node of an instance type; null is unknown.</param>
    public static BudgetRequest? RequestOf(RunRecord run, CostRecord cost, Func<string, int?> gpusPerNode)
    {
        if (run is not { Plan.TeamLimits: { } limits, Job: { Enabled: true } job } || cost is not { Ceiling: { } ceiling, JobRatePerHour: not null })
        {
            return null;
        }

        List<BudgetNodeOption> nodeOptions =
        [
            .. job.NodeOptions().Select((nodeOption, index) => new BudgetNodeOption(nodeOption.InstanceType, nodeOption.InstanceCount, gpusPerNode(nodeOption.InstanceType), cost.RateOf(index + 1)!.Value)),
        ];
        var seconds = job.MaxRuntimeSeconds + (decimal)CostEstimator.StopTime.TotalSeconds;
        return new BudgetRequest
        {
            Limits = limits,
            RunId = run.RunId,
            Digest = run.Subject is { } subject ? ApprovalDigest.Compute(subject) : "",
            Job = job,
            NodeOptions = nodeOptions,
            Requested = new BudgetAmounts(ceiling, Readable(nodeOptions.Max(nodeOption => nodeOption.GpuHours(seconds))), nodeOptions.Max(nodeOption => nodeOption.InstanceCount)),
        };
    }

    /// <summary>What the run has used once all of its jobs have ended; where a cost is unknown, the reservation counts as spent.</summary>
    public static BudgetAmounts Used(this BudgetRequest request, RunRecord run) => run.ActualCost is { } known
        ? new BudgetAmounts(known, Readable(run.Attempts.Sum(attempt => request.NodeOptions[attempt.NodeOption - 1].GpuHours(attempt.TrainingSeconds ?? 0))), 0)
        : request.Requested with { Nodes = 0 };

    private static decimal Readable(decimal gpuHours) => decimal.Round(gpuHours, 4);
}
