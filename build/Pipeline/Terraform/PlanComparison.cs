using System.Text.Json;

namespace BuildPipeline.Terraform;

/// <summary>Compares a plan with a later one of the same configuration, which was made because another run's apply has changed the state.</summary>
public static class PlanComparison
{
    private const string NoChange = "no-op";
    private const string Deletion = "delete";

    // Alarms and the log group can change while a job runs.
    private static readonly string[] Used = ["module.execution_role.", "module.network.", "module.storage."];

    /// <summary>The first thing that the later plan would do and the earlier one would not; null if it does the same, less what is done already.</summary>
    /// <remarks>What Terraform calls unchanged is as the configuration says. What only an apply could know then may be known now.</remarks>
    /// <param name="approved">The earlier plan.</param>
    /// <param name="now">The later one.</param>
    /// <returns>Address of a resource, or name of a member of the plan.</returns>
    public static string? FirstDifference(PlanRecord approved, PlanRecord now)
    {
        // An address has two entries where a replaced object is still there.
        var before = approved.Resources.ToLookup(resource => resource.Address);
        var after = now.Resources.ToLookup(resource => resource.Address);
        return now.Resources.FirstOrDefault(resource => !before[resource.Address].Any(known => IsCovered(known, resource)))?.Address
            ?? approved.Resources.FirstOrDefault(resource => resource.Action != Deletion && !after.Contains(resource.Address))?.Address
            ?? (approved.TerraformVersion != now.TerraformVersion ? "terraform_version"
                : approved.InterfaceEndpointZones != now.InterfaceEndpointZones ? "interface_endpoint_network_interfaces"
                : !IsEqual(PolicyOf(approved), PolicyOf(now)) ? "cost_policy"
                : now.DestroyedTrainingJobs.Except(approved.DestroyedTrainingJobs).FirstOrDefault());
    }

    /// <summary>Addresses that a plan changes or removes, and that training jobs use while they run: role, network, bucket and key.</summary>
    public static IReadOnlyList<string> ChangesOfShared(PlanRecord plan) =>
    [
        .. plan.Resources.Where(resource => resource.Action is "update" or "replace" or Deletion).Select(resource => resource.Address)
            .Where(address => Used.Any(module => address.StartsWith(module, StringComparison.Ordinal))),
    ];

    private static bool IsCovered(PlannedResource approved, PlannedResource now) =>
        now.Action == NoChange || (now.Action == approved.Action && Holds(approved.Values, now.Values));

    private static object PolicyOf(PlanRecord plan) => new { plan.MaxRunCostUsd, plan.AllowSelfApproval, plan.AutoApproveUsd, plan.ApprovalKeyArn, plan.PolicyCommand, plan.TeamLimits };

    private static bool IsEqual<T>(T left, T right) => JsonSerializer.Serialize(left, RunJson.Compact) == JsonSerializer.Serialize(right, RunJson.Compact);

    // A value that was not known is missing, or null in a list.
    private static bool Holds(JsonElement approved, JsonElement now) => (approved.ValueKind, now.ValueKind) switch
    {
        (JsonValueKind.Null, _) => true,
        (JsonValueKind.Object, JsonValueKind.Object) => approved.EnumerateObject().All(member => now.TryGetProperty(member.Name, out var value) ? Holds(member.Value, value) : member.Value.ValueKind == JsonValueKind.Null),
        (JsonValueKind.Array, JsonValueKind.Array) => approved.GetArrayLength() == now.GetArrayLength()
            && approved.EnumerateArray().Zip(now.EnumerateArray()).All(pair => Holds(pair.First, pair.Second)),
        _ => JsonElement.DeepEquals(approved, now),
    };
}
