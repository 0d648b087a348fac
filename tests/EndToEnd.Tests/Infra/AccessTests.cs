using BuildPipeline.Access;

namespace BuildPipeline.EndToEnd.Tests.Infra;

/// <summary>The roles of an environment, as the real terraform plans them.</summary>
[Trait("Tier", "all")]
public sealed class AccessTests(TerraformSandbox sandbox) : IClassFixture<TerraformSandbox>
{
    [SkippableFact]
    public async Task Given_TheTestsOfTheModule_When_Run_Then_AllPass()
    {
        var folder = sandbox.Copy("terraform-test-access").In("access");
        await folder.SucceedAsync("init", "-no-color");

        Assert.Contains(" passed, 0 failed", await folder.SucceedAsync("test", "-no-color"), StringComparison.Ordinal);
    }

    /// <summary>Also with the values of an environment that needs nothing else: one file serves both root modules.</summary>
    [SkippableFact]
    public async Task Given_AnEnvironment_When_ItsRolesArePlanned_Then_TheyAreThoseThatOtherTestsJudge()
    {
        var folder = sandbox.Copy("access").In("access");
        await folder.SucceedAsync("init", "-no-color");

        await folder.PlanAsync("-var-file=../environments/sandbox.tfvars", "-var=state_bucket=sandbox-terraform-state", "-var=state_key=infra/terraform.tfstate", "-var=github_repository=acme/training");
        var planned = AccessPolicies.Of(await folder.PlanAsync($"-var-file={AccessPolicies.Values}"));

        GeneratedPage.AssertCurrent(AccessPolicies.File, planned.ToString());
    }
}
