using System.Text.Json;

namespace BuildPipeline.Terraform;

/// <summary>What a plan does, whoever made it: neither the file's bytes nor when it was planned.</summary>
public static class PlanContent
{
    /// <summary>SHA-256 over everything that the pipeline reads of a plan, hex.</summary>
    public static string Sha256(PlanRecord plan)
    {
        // In the order of terraform's document, which is that of the addresses.
        var content = new
        {
            plan.TerraformVersion, plan.Resources, plan.InterfaceEndpointZones, plan.Keeper, plan.DestroyedTrainingJobs,
            plan.MaxRunCostUsd, plan.AllowSelfApproval, plan.AutoApproveUsd, plan.ApprovalKeyArn, plan.TeamLimits,
        };
        return HexDigest.Calculate(JsonSerializer.SerializeToUtf8Bytes(content, RunJson.Compact));
    }
}
