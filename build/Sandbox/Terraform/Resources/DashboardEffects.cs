using System.Text.Json.Nodes;
using BuildPipeline.Sandbox.Protocols;
using BuildPipeline.Sandbox.Terraform.Values;

namespace BuildPipeline.Sandbox.Terraform.Resources;

/// <summary>Makes dashboards those of the sandbox's CloudWatch.</summary>
internal sealed class DashboardEffects : IResourceEffects
{
    private const string Body = "dashboard_body";

    private static readonly ApiClient Api = new("monitoring", "CloudWatch");

    public async Task<MapValue> ApplyAsync(ResourceContext context, MapValue? prior, MapValue state, CancellationToken cancellationToken)
    {
        await Api.CallAsync(context, $"putting CloudWatch Dashboard ({NameOf(state)})", "PutDashboard", new()
        {
            ["DashboardName"] = NameOf(state), ["DashboardBody"] = state.Text(Body),
        });
        return state;
    }

    public async Task DeleteAsync(ResourceContext context, MapValue state, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, state) is not null)
        {
            await Api.CallAsync(
                context, $"deleting CloudWatch Dashboard ({NameOf(state)})", "DeleteDashboards", new() { ["DashboardNames"] = new JsonArray(NameOf(state)) });
        }
    }

    public async Task<MapValue?> ReadAsync(ResourceContext context, MapValue state) =>
        await Api.FindAsync(context, "GetDashboard", new() { ["DashboardName"] = NameOf(state) }) is { } found
            ? state.With(Body, found.RequiredText("DashboardBody"))
            : null;

    private static string NameOf(MapValue state) => state.Text("dashboard_name")!;
}
