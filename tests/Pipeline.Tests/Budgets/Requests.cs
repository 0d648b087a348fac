using BuildPipeline.Budgets;

namespace BuildPipeline.Pipeline.Tests.Budgets;

/// <summary>Runs of $1.50 that ask a team with $2 a month.</summary>
internal static class Requests
{
    public static TeamLimits Limits { get; } = new() { UsdPerMonth = new Usd(2m) };

    public static BudgetRequest Of(string runId, TeamLimits? limits = null) => new()
    {
        Limits = limits ?? Limits,
        RunId = runId,
        Digest = new string('d', 64),
        Job = Sample.Job with { RoleArn = "arn:aws:iam::000000000000:role/finetune-sandbox-execution" },
        NodeOptions = [new BudgetNodeOption("ml.g5.xlarge", 2, 1, new Usd(2.816m))],
        Requested = new BudgetAmounts(new Usd(1.5m), 1.0667m, 2),
    };
}

/// <summary>Says of every job what the test says.</summary>
internal sealed class FakeJobUsage : IJobUsage
{
    public JobUsage Bill { get; set; } = new(BillState.NoJob, null);

    public int Requested { get; private set; }

    public Task<JobUsage> FindAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        Requested++;
        return Task.FromResult(Bill);
    }
}
