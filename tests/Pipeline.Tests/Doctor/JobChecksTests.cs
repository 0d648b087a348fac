using BuildPipeline.Budgets;
using BuildPipeline.Doctor;
using BuildPipeline.Pipeline.Tests.Budgets;
using BuildPipeline.Terraform;

namespace BuildPipeline.Pipeline.Tests.Doctor;

public sealed class JobChecksTests
{
    private const string Teams = "teams={research={usd_per_month=3,gpu_hours_per_month=5}}";

    [Fact]
    public void Given_TheSandboxsVariables_When_Judged_Then_TheJobIsDescribed()
    {
        var check = JobChecks.Variables(Values());

        Assert.Equal(CheckResult.Good, check.Result);
        Assert.Contains("2 x ml.g5.xlarge", check.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("instance_type=null", CheckResult.Failed, "instance_type")]
    [InlineData("training_image_uri=\"\"", CheckResult.Failed, "training_image_uri")]
    [InlineData("team= ", CheckResult.Failed, "team")]
    [InlineData("max_run_cost_usd=null", CheckResult.Failed, "max_run_cost_usd")]
    [InlineData("enable_training_job=false", CheckResult.Warning, "enable_training_job")]
    public void Given_AVariableThatIsUnset_When_Judged_Then_ItIsNamed(string option, CheckResult result, string named)
    {
        var check = JobChecks.Variables(Values(option));

        Assert.Equal((result, result == CheckResult.Failed ? "BP2206" : null), (check.Result, check.Error?.Id));
        Assert.Contains(named, check.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_Quotas_When_Judged_Then_AnExceededOneFailsAndAnUnknownOneDoesNot()
    {
        QuotaUse fits = new("a", 8, 2), exceeded = new("b", 0, 2), unknown = new("c", null, 2);

        Assert.Equal(CheckResult.Good, JobChecks.Quotas(new QuotaReport([fits], null)).Result);
        Assert.Equal(CheckResult.Warning, JobChecks.Quotas(new QuotaReport([fits, unknown], null)).Result);
        Assert.Equal(CheckResult.Warning, JobChecks.Quotas(new QuotaReport([unknown], "Denied.")).Result);
        var failed = JobChecks.Quotas(new QuotaReport([fits, exceeded], null));
        Assert.Equal("BP1249", failed.Error?.Id);
        Assert.Contains("2 of 'b', which is 0", failed.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sandbox/builtin", null, CheckResult.Good, null, "sandbox/builtin")]
    [InlineData("sandbox/none", "It is unknown.", CheckResult.Failed, "BP1503", "It is unknown.")]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b:1", null, CheckResult.Failed, "BP2207", "eu-west-1")]
    [InlineData("123456789012.dkr.ecr.us-east-1.amazonaws.com/a/b:1", null, CheckResult.Warning, null, "--repository-name a/b --image-ids imageTag=1")]
    [InlineData("123456789012.dkr.ecr.us-east-1.amazonaws.com/b@sha256:00", null, CheckResult.Warning, null, "--repository-name b --image-ids imageDigest=sha256:00")]
    [InlineData("123456789012.dkr.ecr.us-east-1.amazonaws.com/b", null, CheckResult.Warning, null, "imageTag=latest")]
    [InlineData("registry.example/b:1", null, CheckResult.Warning, null, "ECR")]
    public void Given_AnImage_When_Judged_Then_ItsRegistryDecides(string uri, string? problem, CheckResult result, string? error, string said)
    {
        var check = JobChecks.Image(Sample.Job with { TrainingImageUri = uri }, problem, isKnown: uri == "sandbox/builtin", endpoint: null);

        Assert.Equal((result, error), (check.Result, check.Error?.Id));
        Assert.Contains(said, check.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_AnotherEndpointThanAws_When_AnImageIsJudged_Then_NoCommandForEcrIsSuggested()
    {
        var check = JobChecks.Image(
            Sample.Job with { TrainingImageUri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/a/b:1" }, problem: null, isKnown: false, "http://127.0.0.1:4566");

        Assert.Equal(CheckResult.Warning, check.Result);
        Assert.Contains("http://127.0.0.1:4566", check.Found, StringComparison.Ordinal);
        Assert.DoesNotContain("aws ", check.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, CheckResult.Good, null, "$3.00 of $3.00")]
    [InlineData(2.5, 1, CheckResult.Good, null, "$0.50 of $3.00")]
    [InlineData(3, 1, CheckResult.Failed, "BP1244", "$3.00")]
    [InlineData(1, 5, CheckResult.Failed, "BP1246", "5 of its 5")]
    public void Given_ATeamsLedger_When_Judged_Then_WhatIsLeftDecides(double dollars, double hours, CheckResult result, string? error, string said)
    {
        var taken = Requests.Of("run", new TeamLimits()).Entry(Sample.Noon) with { Amounts = new BudgetAmounts(new Usd((decimal)dollars), (decimal)hours, 1) };
        var lastMonth = taken with { RunId = "old", ReservedAt = Sample.Noon.AddMonths(-1) };

        var check = JobChecks.Budget(Values(Teams), new LedgerSnapshot(new TeamLedger { Team = "research", Entries = [taken, lastMonth] }, null, Sample.Noon));

        Assert.Equal((result, error), (check.Result, check.Error?.Id));
        Assert.Contains(said, check.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ATeamWithoutAnEntry_When_Judged_Then_ItFailsOnlyWhereTeamsHaveLimits()
    {
        Assert.Equal("BP2208", JobChecks.Budget(Values(Teams, "team=vision"), null).Error?.Id);
        Assert.Equal(CheckResult.Good, JobChecks.Budget(Values("team=vision"), null).Result);
    }

    [Fact]
    public void Given_TheVariables_When_MadeAJob_Then_ItHasTheirValues()
    {
        var job = JobChecks.JobOf(Values("use_spot_instances=false", "validation_data_uri=docs"), "sandbox");

        Assert.Equal(("finetune-sandbox", "us-east-1", "ml.g5.xlarge", 2, 1800, false), (job.Name, job.Region, job.InstanceType, job.InstanceCount, job.MaxRuntimeSeconds, job.UseSpotInstances));
        Assert.Equal(("docs", "docs"), (job.TrainingDataUri, job.ValidationDataUri));
    }

    private static VariableValues Values(params string[] options) =>
        VariableValues.Read(TerraformEnvironment.Find("sandbox", Repository.Root, Path.GetTempPath(), [], options, () => new Dictionary<string, string>()));
}
