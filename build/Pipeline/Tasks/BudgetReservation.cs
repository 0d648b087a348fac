using BuildPipeline.Budgets;
using BuildPipeline.Costing;
using BuildPipeline.Prices;
using BuildPipeline.Reporting;
using BuildPipeline.Runs;
using BuildPipeline.Terminal;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>The run's part in its team's budget and in the account's quotas.</summary>
public sealed class BudgetReservation(PipelineCall call, BudgetLedger ledger, QuotaCheck quotas, PriceBook prices)
{
    /// <summary>Adds to a price what the team's budget and the service quotas say of it.</summary>
    /// <param name="cost">The price.</param>
    /// <param name="mayMove">True if a deadline may move the job to on-demand.</param>
    /// <returns>The price, refused where it does not fit into the budget.</returns>
    public async Task<CostRecord> CheckAsync(CostRecord cost, bool mayMove, CancellationToken cancellationToken)
    {
        if (call.Run.Job is not { Enabled: true } job)
        {
            return cost;
        }

        var report = await quotas.CheckAsync(job, mayMove, cancellationToken);
        if (report.Warning is { } warning)
        {
            call.Console.Warn(warning);
        }

        cost = cost with { Quotas = report.Quotas };
        if (Request(cost) is not { } request)
        {
            return cost;
        }

        var budget = await ledger.ReadAsync(request, cancellationToken);
        var refusals = BudgetRules.Refusals(budget, request).ToList();
        cost = cost with { Team = budget };
        return refusals.Count == 0
            ? cost
            : cost with { Verdict = GateVerdict.Refuse, Reasons = cost.Verdict == GateVerdict.Refuse ? [.. cost.Reasons, .. refusals] : refusals };
    }

    /// <summary>Refuses a job that is larger than a service quota on every node option.</summary>
    /// <exception cref="PipelineException">It is (exit code 5); the sentence names each quota.</exception>
    public static void RequireQuotas(CostRecord cost)
    {
        var shortfalls = cost.NodeOptions.Select((nodeOption, index) => (
            Nodes: cost.NodeOptions.Count == 1 ? "the job" : $"node option {index + 1}, {nodeOption.InstanceCount} x {nodeOption.InstanceType},",
            Words: cost.QuotaShortfallMessage(index + 1))).ToList();
        if (shortfalls.Count > 0 && shortfalls.TrueForAll(nodeOption => nodeOption.Words is not null))
        {
            throw new PipelineException(
                BudgetErrors.OverQuota,
                $"Service quota exceeded: {string.Join("; ", shortfalls.Select(nodeOption => $"{nodeOption.Nodes} {nodeOption.Words}"))}. Request an increase in Service Quotas, or make the job smaller.");
        }
    }

    /// <summary>Reserves the run's ceiling, or says that the reservation it has is still needed.</summary>
    /// <exception cref="PipelineException">It does not fit into the team's budget any more (exit code 3).</exception>
    public async Task ReserveAsync(CancellationToken cancellationToken)
    {
        if (Request(call.Run.Cost!) is not { } request)
        {
            return;
        }

        var (entry, others) = await ledger.ReserveAsync(request, cancellationToken);
        if (call.Run.Budget is not { Settled: null })
        {
            var hold = new BudgetHold(request.Job.Team, entry.Amounts, entry.ReservedAt, TeamBalance: others);
            await call.Session.UpdateAsync("budget.reserved", run => run with { Budget = hold }, hold, cancellationToken);
            call.Console.Done($"Reserved {entry.Amounts.Usd} of team {hold.Team}'s budget.");
        }
    }

    /// <summary>Keeps the reservation, as long as the result is not disposed.</summary>
    public IAsyncDisposable KeepReserved() => new Repetition(RenewAsync, BudgetLedger.Lease / 4, call.Time);

    /// <summary>Settles the run where all of its jobs have ended, and gives the reservation back where it failed before any job.</summary>
    /// <param name="failed">True if the target failed.</param>
    /// <returns>False if something is left to settle.</returns>
    public async Task<bool> CloseAsync(bool failed, CancellationToken cancellationToken)
    {
        var run = call.Run;
        if (Holding() is not { } request || run.HasOpenJob || (run.Attempts.Count == 0 && !failed))
        {
            return true;
        }

        var used = request.Used(run);
        try
        {
            var others = await ledger.SettleAsync(request, used, cancellationToken);
            await call.Session.UpdateAsync(
                "budget.settled",
                current => current with { Budget = current.Budget! with { Settled = used.Usd, SettledGpuHours = used.GpuHours, TeamBalance = others } },
                used,
                cancellationToken);
            return true;
        }
        catch (PipelineException exception)
        {
            call.Console.Warn($"The team's budget could not be settled now. The next launch settles it, at the latest when the reservation expires: {exception.Message}");
            return false;
        }
    }

    /// <summary>Shows the team's balance.</summary>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        if (call.Run is { Cost: { } cost, Budget: { } hold } && Request(cost) is { } request)
        {
            BudgetView.Show(call.Console, await ledger.ReadAsync(request, cancellationToken));
            call.Console.WriteLine(hold.Settled is { } settled ? $"Final charge of this run: {settled}." : $"Reserved for this run: {hold.Reserved.Usd}.");
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (Holding() is { } request ? ledger.RenewAsync(request, cancellationToken) : Task.CompletedTask);
        }
        catch (PipelineException)
        {
            // The next renewal comes before the lease ends; and a reservation whose job runs is never given away.
        }
    }

    private BudgetRequest? Holding() => call.Run is { Budget.Settled: null, Budget: not null, Cost: { } cost } ? Request(cost) : null;

    private BudgetRequest? Request(CostRecord cost) =>
        RunBudget.RequestOf(call.Run, cost, prices.GpusPerNode);
}
