using System.Text.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>The roles of infra/access for the environment <c>sandbox</c>, which everybody in the account may take.</summary>
internal static class AppliedRoles
{
    private const string Anybody = """["arn:aws:iam::000000000000:root"]""";

    /// <param name="place">Has the running sandbox, with a state bucket.</param>
    /// <param name="values">The option of the pipeline with the environment's further values.</param>
    /// <returns>The plan that was applied.</returns>
    public static async Task<JsonElement> ApplyAsync(Workplace place, string values)
    {
        var copy = Path.Combine(place.ArtifactsFolder, "roles");
        Checkout.CopyTo(copy);
        var folder = new TerraformFolder(Path.Combine(copy, "infra"), "roles", Checkout.Environment(copy, place.Sandbox())).In("access");
        await folder.SucceedAsync("init", "-no-color");
        var plan = await folder.PlanAsync(
            "-var-file=../environments/sandbox.tfvars", values[1..], "-var=state_bucket=sandbox-terraform-state", "-var=state_key=infra/terraform.tfstate",
            "-var=cleanup_deletes_artifacts=true", $"-var=principals={{plan={Anybody},launch={Anybody},cleanup={Anybody},freeze={Anybody}}}");
        await folder.SucceedAsync("apply", "-no-color", "test.tfplan");
        return plan;
    }
}
