using System.Text.Json;
using BuildPipeline.Runs;

namespace BuildPipeline.Costing;

/// <summary>Counts in a plan what costs money by standing there.</summary>
internal static class PlannedInfrastructure
{
    /// <summary>Interface endpoints times the zones each stands in.</summary>
    /// <remarks>Subnets that apply creates are unknown in the plan; an endpoint then stands in each planned subnet.</remarks>
    public static int InterfaceEndpointZones(PlanRecord plan)
    {
        var subnets = Standing(plan, "aws_subnet").Count();
        return Standing(plan, "aws_vpc_endpoint")
            .Where(endpoint => Text(endpoint, "vpc_endpoint_type") == "Interface")
            .Sum(endpoint => endpoint.Values.TryGetProperty("subnet_ids", out var ids) && ids.ValueKind == JsonValueKind.Array ? ids.GetArrayLength() : Math.Max(subnets, 1));
    }

    /// <summary>KMS keys of one's own.</summary>
    public static int KmsKeys(PlanRecord plan) => Standing(plan, "aws_kms_key").Count();

    private static IEnumerable<PlannedResource> Standing(PlanRecord plan, string type) =>
        plan.Resources.Where(resource => resource.Type == type && resource.Action != "delete");

    private static string? Text(PlannedResource resource, string attribute) =>
        resource.Values.TryGetProperty(attribute, out var value) ? value.GetString() : null;
}
