using BuildPipeline.Terminal;
using BuildPipeline.Terraform;
using Spectre.Console;

namespace BuildPipeline.Tasks;

/// <summary>Takes into a plan, or into the state, what an apply has left behind, and says what it cannot take.</summary>
public sealed class LeftoverAdoption(TerraformStack stack, LeftoverSearch search, Adoption adoption, IAnsiConsole console)
{
    /// <summary>Plans, with the import of what was left behind.</summary>
    /// <returns>The plan as JSON.</returns>
    public async Task<string> PlanAsync(TerraformCall call, string planFile, string jsonFile)
    {
        var planJson = await console.RunWithStatusAsync("terraform plan", () => stack.PlanAsync(call, planFile, jsonFile));
        var leftovers = await search.FindAsync(call.Environment.Name, planJson, always: false, call.Cancellation);
        if (leftovers.Candidates.Count == 0)
        {
            return planJson;
        }

        var plan = await console.RunWithStatusAsync(
            "search for resources of an earlier apply", () => adoption.PlanAsync(call, leftovers.Candidates, planFile, jsonFile));
        Show(plan, "will be imported");

        // The plan file now holds a plan that failed, or one that imports what belongs to somebody else.
        return plan.PlanJson ?? await console.RunWithStatusAsync("terraform plan", () => stack.ReplanAsync(call, planFile, jsonFile, []));
    }

    /// <summary>Takes into the state what was left behind, so destroy removes it.</summary>
    /// <returns>One line for each resource that stays although it may be this environment's.</returns>
    public async Task<IReadOnlyList<string>> ImportAsync(TerraformCall call, string workFolder)
    {
        var (planFile, jsonFile) = (Path.Combine(workFolder, "cleanup.tfplan"), Path.Combine(workFolder, "cleanup.json"));
        string planJson;
        try
        {
            planJson = await console.RunWithStatusAsync("terraform plan", () => stack.ReplanAsync(call, planFile, jsonFile, []));
        }
        catch (PipelineException exception) when (exception.ExitCode == ExitCode.BadConfiguration)
        {
            // What is in the state can be removed without a plan.
            console.Warn($"Resources outside the state were not searched for: {exception.Message}");
            return [];
        }

        var leftovers = await search.FindAsync(call.Environment.Name, planJson, always: true, call.Cancellation);
        if (leftovers.Candidates.Count > 0)
        {
            var plan = await console.RunWithStatusAsync(
                "search for resources of an earlier apply", () => adoption.PlanAsync(call, leftovers.Candidates, planFile, jsonFile, targets: true));
            Show(plan, "will be removed");
            if (plan.PlanJson is not null)
            {
                await console.RunWithStatusAsync("terraform import", () => stack.ApplyAsync(call, planFile));
            }
        }

        return [.. leftovers.Unfinished.Select(address => $"{address} may exist: an apply was killed while it created it")];
    }

    private void Show(AdoptionPlan plan, string what)
    {
        foreach (var adopted in plan.Adopted)
        {
            console.WriteLine($"  {adopted.Address} ({adopted.Id}) exists but is not in the state; it {what}.");
        }

        foreach (var foreign in plan.Foreign)
        {
            console.Warn($"{foreign.Address}: {foreign.Id} exists without this environment's tags and is left as it is. An apply will fail on its name. Choose another name_prefix, or tag the resource.");
        }
    }
}
