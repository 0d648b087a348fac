using BuildPipeline.Sandbox.Kernel;

namespace BuildPipeline.Sandbox.Budgets;

/// <summary>The account's budgets, and what its training jobs cost.</summary>
internal sealed class BudgetStore(SandboxSettings settings)
{
    private readonly RecordStore<Budget> _budgets = new(Path.Combine(settings.FolderOf("budgets"), "budgets.json"));
    private readonly RecordLog<Charge> _charges = new(Path.Combine(settings.FolderOf("budgets"), "charges.jsonl"));

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<Budget> Budgets => _budgets.All;

    public Budget? Find(string name) => _budgets.Find(name);

    public void Put(Budget budget) => _budgets.Put(budget.Name, budget);

    public Budget? Update(string name, Func<Budget, Budget> change) => _budgets.Update(name, change);

    public bool Remove(string name) => _budgets.Remove(name);

    public void Note(Charge charge) => _charges.Add(charge);

    /// <summary>What counts for a budget in the period that a moment is in, US dollars.</summary>
    public decimal SpendOf(Budget budget, DateTimeOffset now)
    {
        var start = budget.PeriodOf(now);
        return _charges.All.Where(charge => charge.Time >= start && charge.Time <= now && budget.Counts(charge)).Sum(charge => charge.Usd);
    }
}
