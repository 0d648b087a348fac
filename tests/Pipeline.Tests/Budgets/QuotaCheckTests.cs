using BuildPipeline.Accounts;
using BuildPipeline.Aws;
using BuildPipeline.Budgets;
using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Aws;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Budgets;

public sealed class QuotaCheckTests
{
    [Fact]
    public async Task Given_QuotasOnTwoPages_When_Checked_Then_TheTypesAndTheAggregatesAreFoundByName()
    {
        var report = await CheckAsync(
            Sample.Job,
            mayMove: false,
            Page("""{"QuotaName":"ml.g5.xlarge for training job usage","Value":9},{"QuotaName":"ml.g5.xlarge for spot training job usage","Value":1}""", next: "2"),
            Page("""{"QuotaName":"Number of instances across all spot training jobs","Value":20}"""));

        Assert.Null(report.Warning);
        Assert.Equal(new QuotaUse("ml.g5.xlarge for spot training job usage", 1, 2), Assert.Single(report.Quotas, quota => quota.IsExceeded));
        Assert.Equal(20, report.Quotas.Single(quota => quota.Name == "Number of instances across all spot training jobs").Limit);
        Assert.Null(report.Quotas.Single(quota => quota.Name == "Maximum number of instances per spot training job").Limit);
        Assert.DoesNotContain(report.Quotas, quota => quota.Name == "ml.g5.xlarge for training job usage");
    }

    [Fact]
    public async Task Given_AnOnDemandJob_When_Checked_Then_TheSpotQuotaDoesNotMatter()
    {
        var report = await CheckAsync(Sample.Job with { UseSpotInstances = false }, mayMove: true, Page("""{"QuotaName":"ml.g5.xlarge for spot training job usage","Value":0}"""));

        Assert.DoesNotContain(report.Quotas, quota => quota.IsExceeded || quota.Name.Contains("spot", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Given_ASpotJobWithADeadline_When_Checked_Then_BothMarketsHaveToHoldIt()
    {
        var report = await CheckAsync(Sample.Job, mayMove: true, Page("""{"QuotaName":"ml.g5.xlarge for training job usage","Value":1}"""));

        Assert.Equal("ml.g5.xlarge for training job usage", Assert.Single(report.Quotas, quota => quota.IsExceeded).Name);
        Assert.Contains(report.Quotas, quota => quota.Name == "ml.g5.xlarge for spot training job usage");
    }

    [Fact]
    public async Task Given_Fallbacks_When_Checked_Then_EachNodeOptionHasItsOwnQuotas()
    {
        var fallbacks = Sample.Job with { InstanceFallbacks = [new FallbackOption { InstanceType = "ml.g6.xlarge", InstanceCount = 4, UseSpotInstances = false }] };

        var report = await CheckAsync(
            fallbacks, mayMove: false, Page("""{"QuotaName":"ml.g5.xlarge for spot training job usage","Value":2},{"QuotaName":"ml.g6.xlarge for training job usage","Value":3}"""));

        Assert.Equal(new QuotaUse("ml.g6.xlarge for training job usage", 3, 4, 2), Assert.Single(report.Quotas, quota => quota.IsExceeded));
        Assert.Equal([1, 2], report.Quotas.Select(quota => quota.NodeOption).Distinct());
    }

    [Fact]
    public async Task Given_AJobOnBothMarkets_When_Checked_Then_EachQuotaIsAskedForItsOwnAmount()
    {
        var report = await CheckAsync(
            Sample.Job with { InstanceCount = 3 }, mayMove: true, Page("""{"QuotaName":"Longest run time for a training job","Value":1799},{"QuotaName":"Longest run time for a training job"},{"QuotaName":"Another","Value":0}"""));

        Assert.Equal(new QuotaUse("Longest run time for a training job", 1799, 1800), Assert.Single(report.Quotas, quota => quota.IsExceeded));
        Assert.Equal(
            [
                "Longest run time for a training job 1800",
                "ml.g5.xlarge for spot training job usage 3", "Maximum number of instances per spot training job 3", "Number of instances across all spot training jobs 3",
                "ml.g5.xlarge for training job usage 3", "Maximum number of instances per training job 3", "Number of instances across all training jobs 3",
            ],
            report.Quotas.Select(quota => $"{quota.Name} {quota.Needed}"));
    }

    [Fact]
    public async Task Given_NoPermission_When_Checked_Then_ItIsAWarningAndNothingIsKnown()
    {
        var report = await CheckAsync(Sample.Job, mayMove: false, new Answer(400, """{"__type":"AccessDeniedException","Message":"no"}"""));

        Assert.Contains("not checked", report.Warning, StringComparison.Ordinal);
        Assert.All(report.Quotas, quota => Assert.False(quota.IsExceeded));
    }

    private static async Task<QuotaReport> CheckAsync(TrainingJobSpec job, bool mayMove, params Answer[] answers)
    {
        using var endpoint = new FakeAwsEndpoint(answers);
        using var quotas = FakeClients.Quotas(endpoint);
        var clients = Substitute.For<IAwsClients>();
        clients.Connection.Returns(new SandboxConnection("us-east-1", new Uri(endpoint.Url)));
        clients.ServiceQuotas.Returns(quotas);
        var report = await new QuotaCheck(clients).CheckAsync(job, mayMove, default);
        Assert.All(endpoint.Requests, request => Assert.Equal("sagemaker", (string?)request.Json["ServiceCode"]));
        return report;
    }

    private static Answer Page(string quotas, string? next = null) =>
        new(200, $$"""{"Quotas":[{{quotas}}]{{(next is null ? "" : $",\"NextToken\":\"{next}\"")}}}""");
}
