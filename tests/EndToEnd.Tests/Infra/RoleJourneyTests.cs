using System.Text.Json;
using BuildPipeline.EndToEnd.Tests.Pipeline;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>The whole path as the launch role of infra/access, with its policies enforced.</summary>
[Trait("Tier", "all")]
public sealed class RoleJourneyTests
{
    private const string Roles = "arn:aws:iam::000000000000:role/finetune-sandbox-";

    private const string Anybody = """["arn:aws:iam::000000000000:root"]""";

    [SkippableFact]
    public async Task Given_TheRolesOfAnEnvironment_When_ARunIsLaunchedAsOne_Then_ItsPoliciesAllowAllThatItAsks()
    {
        Skip.IfNot(await Sandbox.Tests.Support.ExternalTool.WorksAsync("terraform", "version"), "terraform is not installed");
        await using var workplace = new Workplace();
        await workplace.HostSandboxAsync();
        Assert.Equal(0, (await workplace.BuildAsync("--target=Bootstrap")).ExitCode);
        await ApplyRolesAsync(workplace);

        var launched = await workplace.QuickAsync("--target=Launch", $"--assume-role={Roles}launch", "--var=permissions_boundary_arn=arn:aws:iam::000000000000:policy/finetune-sandbox-boundary");

        Assert.True(launched.ExitCode == 0, launched.Output);
        using var http = new HttpClient();
        using var decided = JsonDocument.Parse(await http.GetStringAsync(new Uri(workplace.Sandbox().Url, "/_sandbox/authorizations")));
        var asked = decided.RootElement.EnumerateArray().Where(entry => entry.GetProperty("principal").GetString() == $"{Roles}launch").ToList();
        Assert.Empty(asked.Where(entry => entry.GetProperty("decision").GetString() != "allowed").Select(entry => $"{entry.GetProperty("action")} on {entry.GetProperty("resource")}"));
        Assert.Superset(
            new HashSet<string> { "iam:PassRole", "kms:GenerateDataKey", "s3:PutObject", "sagemaker:AddTags", "sagemaker:CreateTrainingJob" },
            asked.Select(entry => entry.GetProperty("action").GetString()!).ToHashSet());
    }

    private static async Task ApplyRolesAsync(Workplace workplace)
    {
        var copy = Path.Combine(workplace.ArtifactsFolder, "roles");
        Checkout.CopyTo(copy);
        var folder = new TerraformFolder(Path.Combine(copy, "infra"), "roles", Checkout.Environment(copy, workplace.Sandbox())).In("access");
        await folder.SucceedAsync("init", "-no-color");
        await folder.SucceedAsync(
            "apply", "-no-color", "-auto-approve", "-var-file=../environments/sandbox.tfvars", "-var=state_bucket=sandbox-terraform-state", "-var=state_key=infra/terraform.tfstate",
            $"-var=principals={{plan={Anybody},launch={Anybody},cleanup={Anybody},freeze={Anybody}}}");
    }
}
