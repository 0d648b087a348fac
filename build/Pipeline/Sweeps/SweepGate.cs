using BuildPipeline.Budgets;
using BuildPipeline.Costing;
using BuildPipeline.Runs;
using BuildPipeline.Terraform;

namespace BuildPipeline.Sweeps;

/// <summary>Decides whether variants that pass the gate one by one may be put up for approval together.</summary>
public static class SweepGate
{
    private const string LongestRun = "Longest run time for a training job";
    private const string LargestJob = "Maximum number of instances per";

    /// <summary>Refuses variants that differ in more than the job: the infrastructure is applied once, and the limits are those of all.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="runs">The runs of its variants, in their order; each is planned.</param>
    /// <exception cref="PipelineException">One does (exit code 2).</exception>
    public static void RequireSameInfrastructure(SweepRecord sweep, IReadOnlyList<RunRecord> runs)
    {
        foreach (var (variant, run) in sweep.Variants.Zip(runs).Skip(1))
        {
            if ((PlanComparison.FirstDifference(runs[0].Plan!, run.Plan!) ?? PlanComparison.FirstDifference(run.Plan!, runs[0].Plan!)) is { } difference)
            {
                throw new PipelineException(
                    SweepErrors.ChangesInfrastructure,
                    $"Variant {variant.Number} ({SweepVariables.Describe(variant.Values)}) differs from variant 1 in {difference}. The variants of a sweep differ in the job only. Remove the variable from the file, or launch that variant as a run of its own.");
            }
        }
    }

    /// <summary>One sentence for each limit of the team that the variants break together; none if they fit.</summary>
    /// <param name="costs">Their prices.</param>
    /// <param name="parallel">How many run at once.</param>
    public static IEnumerable<string> Refusals(IReadOnlyList<CostRecord> costs, int parallel)
    {
        if (costs.MaxBy(cost => cost.PricedAt)?.Team is not { Limits: var limits } team)
        {
            yield break;
        }

        var taken = team.Spent + team.Reserved;
        List<BudgetAmounts> requested = [.. costs.Select(cost => cost.Team?.Requested ?? BudgetAmounts.None)];
        var (sum, nodes) = (requested.Aggregate(BudgetAmounts.None, (total, amounts) => total + amounts), Largest(requested.Select(amounts => (decimal)amounts.Nodes), parallel));
        if (taken.Usd + sum.Usd > limits.UsdPerMonth)
        {
            yield return $"{BudgetErrors.OverMonthlyDollars.Id} The variants can cost up to {sum.Usd} together, and other runs of team {team.Team} have taken {taken.Usd} of its {limits.UsdPerMonth} in {team.Month} (UTC). Use fewer variants.";
        }

        if (taken.GpuHours + sum.GpuHours > limits.GpuHoursPerMonth)
        {
            yield return FormattableString.Invariant($"{BudgetErrors.OverMonthlyGpuHours.Id} The variants can use up to {sum.GpuHours:0.##} GPU-hours together, and other runs of team {team.Team} have taken {taken.GpuHours:0.##} of its {limits.GpuHoursPerMonth:0.##} in {team.Month} (UTC). Use fewer variants.");
        }

        if (team.Reserved.Nodes + nodes > limits.MaxNodes)
        {
            yield return FormattableString.Invariant($"{BudgetErrors.OverNodes.Id} The variants need {nodes:0} nodes at once, and other runs of team {team.Team} use {team.Reserved.Nodes} of its {limits.MaxNodes}. Use a lower --parallel.");
        }
    }

    /// <summary>Which service quota the variants that run at once exceed together, and how many of them it allows; null if none is exceeded.</summary>
    /// <param name="costs">Their prices.</param>
    /// <param name="parallel">How many run at once.</param>
    public static string? QuotaShortfallMessage(IReadOnlyList<CostRecord> costs, int parallel)
    {
        var shared = costs.SelectMany(cost => cost.Quotas.Where(quota => quota is { NodeOption: 1, Limit: not null } && !IsPerJob(quota.Name))).ToLookup(quota => quota.Name);
        foreach (var quota in shared)
        {
            var (limit, needed) = (quota.First().Limit!.Value, Largest(quota.Select(use => use.Needed), parallel));
            if (needed > limit)
            {
                var fitting = Enumerable.Range(1, parallel).TakeWhile(count => Largest(quota.Select(use => use.Needed), count) <= limit).LastOrDefault();
                return FormattableString.Invariant($"{parallel} variants at once need {needed:0} of the quota '{quota.Key}', which is {limit:0}. Use --parallel={Math.Max(1, fitting)}, or request an increase in Service Quotas.");
            }
        }

        return null;
    }

    private static bool IsPerJob(string name) => name == LongestRun || name.StartsWith(LargestJob, StringComparison.Ordinal);

    private static decimal Largest(IEnumerable<decimal> needs, int count) => needs.OrderDescending().Take(count).Sum();
}
