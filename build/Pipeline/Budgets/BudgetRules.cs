using System.Globalization;

namespace BuildPipeline.Budgets;

/// <summary>Decides whether a run fits into its team's limits.</summary>
public static class BudgetRules
{
    /// <summary>The family of an instance type, for example <c>g5</c>.</summary>
    public static string FamilyOf(string instanceType) => instanceType.Split('.')[1];

    /// <summary>One sentence for each limit that the run would break; none if it fits.</summary>
    public static IEnumerable<string> Refusals(TeamBudget budget, BudgetRequest request)
    {
        var (team, limits, requested) = (budget.Team, budget.Limits, budget.Requested);
        var types = request.NodeOptions.Select(nodeOption => nodeOption.InstanceType).Distinct().ToList();
        var taken = budget.Spent + budget.Reserved;
        string Taken(string spent, string reserved) => $"{spent} spent and {reserved} reserved by other runs in {budget.Month} (UTC)";

        foreach (var type in types.Where(type => limits.InstanceFamilies.Count > 0 && !limits.InstanceFamilies.Contains(FamilyOf(type))))
        {
            yield return $"{BudgetErrors.FamilyNotAllowed.Id} Team {team} may use {string.Join(", ", limits.InstanceFamilies)}; {type} belongs to family {FamilyOf(type)}. Choose another instance_type.";
        }

        if (requested.Usd > limits.UsdPerRun)
        {
            yield return $"{BudgetErrors.OverRunLimit.Id} The run can cost up to {requested.Usd}, over the {limits.UsdPerRun} that team {team} may spend on one run. Make the job smaller or shorter.";
        }

        if (taken.Usd + requested.Usd > limits.UsdPerMonth)
        {
            yield return $"{BudgetErrors.OverMonthlyDollars.Id} The run can cost up to {requested.Usd}, but team {team} has {Left(limits.UsdPerMonth.Value - taken.Usd)} of its {limits.UsdPerMonth} a month left ({Taken(budget.Spent.Usd.ToString(), budget.Reserved.Usd.ToString())}). Make the job smaller, wait for the other runs to settle, or raise usd_per_month.";
        }

        foreach (var nodeOption in request.NodeOptions.Where(nodeOption => limits.GpuHoursPerMonth is not null && nodeOption.GpusPerNode is null))
        {
            yield return $"{BudgetErrors.UnknownGpus.Id} Team {team} has a limit of GPU-hours, but the number of GPUs of {nodeOption.InstanceType} is unknown. Choose another instance_type.";
        }

        if (taken.GpuHours + requested.GpuHours > limits.GpuHoursPerMonth)
        {
            yield return $"{BudgetErrors.OverMonthlyGpuHours.Id} The run can use up to {Amount(requested.GpuHours)} GPU-hours, but team {team} has {Amount(Math.Max(0, limits.GpuHoursPerMonth.Value - taken.GpuHours))} of its {Amount(limits.GpuHoursPerMonth.Value)} a month left ({Taken(Amount(budget.Spent.GpuHours), Amount(budget.Reserved.GpuHours))}). Make the job smaller, wait for the other runs to settle, or raise gpu_hours_per_month.";
        }

        if (budget.Reserved.Nodes + requested.Nodes > limits.MaxNodes)
        {
            yield return $"{BudgetErrors.OverNodes.Id} The run needs {requested.Nodes} nodes, but team {team} is limited to {limits.MaxNodes} concurrent nodes and other runs use {budget.Reserved.Nodes}. Use fewer nodes, or wait for the other runs to finish.";
        }
    }

    private static Usd Left(Usd amount) => amount > Usd.Zero ? amount : Usd.Zero;

    private static string Amount(decimal hours) => hours.ToString("0.##", CultureInfo.InvariantCulture);
}
