using System.Net;
using Amazon.EC2.Model;
using Amazon.S3;
using Amazon.SageMaker;
using Amazon.SageMaker.Model;
using Amazon.ServiceQuotas.Model;
using BuildPipeline.Approvals;
using BuildPipeline.Budgets;
using BuildPipeline.Costing;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Runs;
using BuildPipeline.Uploads;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class CostGateTaskTests : IDisposable
{
    private readonly string _outputs = Path.GetTempFileName();

    public void Dispose() => File.Delete(_outputs);

    [Fact]
    public async Task Given_APlannedRunWithinItsLimit_When_Priced_Then_PriceAndDigestAreInTheLogAndNothingIsReserved()
    {
        using var flow = await PlannedAsync(run => run with { Plan = run.Plan! with { TeamLimits = new TeamLimits { UsdPerMonth = new Usd(100) } } });

        await flow.RunAsync(flow.CostGate(_outputs));

        var run = await flow.RecordedAsync();
        Assert.Equal((RunStage.Priced, GateVerdict.NeedsApproval), (run.Stage, run.Cost!.Verdict));
        Assert.Equal(run.Cost.Ceiling!.Value.RoundedUpToCents(), run.Subject!.Ceiling);
        Assert.Equal(["cost.estimated", "gate.passed"], flow.Events().TakeLast(2));
        Assert.Contains($"digest={ApprovalDigest.Compute(run.Subject)}\n", await File.ReadAllTextAsync(_outputs), StringComparison.Ordinal);
        Assert.Equal((null, null), (run.Budget, run.Approval));
        Assert.Empty(flow.Jobs.Created);
    }

    [Fact]
    public async Task Given_ACeilingOverTheLimitOfARun_When_Priced_Then_ThePriceIsKeptAndThereIsNothingToApprove()
    {
        using var flow = await PlannedAsync(run => run with { Plan = run.Plan! with { MaxRunCostUsd = new Usd(1) } });

        Assert.Equal(CostingErrors.GateRefused, await flow.FailAsync(flow.CostGate(_outputs)));

        await RefusedAsync(flow, GateVerdict.Refuse);
    }

    [Theory]
    [InlineData("InProgress", true)]
    [InlineData("Completed", false)]
    [InlineData(null, false)]
    public async Task Given_APlanThatDestroysAJobOfTerraform_When_Priced_Then_OnlyOneThatRunsIsRefused(string? status, bool refused)
    {
        using var flow = await PlannedAsync(run => run with { Plan = run.Plan! with { DestroyedTrainingJobs = ["finetune-dev-1"] } });
        flow.Clients.SageMaker.DescribeTrainingJobAsync(Arg.Any<DescribeTrainingJobRequest>(), Arg.Any<CancellationToken>()).Returns(_ => status is null
            ? throw new AmazonSageMakerException("Requested resource not found.") { ErrorCode = "ValidationException", StatusCode = HttpStatusCode.BadRequest }
            : new DescribeTrainingJobResponse { TrainingJobStatus = status, SecondaryStatus = status == "InProgress" ? "Training" : status });

        var error = await Record.ExceptionAsync(() => flow.RunAsync(flow.CostGate(_outputs))) as PipelineException;

        Assert.Equal(refused ? CostingErrors.TerraformJobRuns : null, error?.Code);
    }

    [Fact]
    public async Task Given_ATeamWithoutEnoughDollars_When_Priced_Then_ThereIsNothingToApprove()
    {
        using var flow = await PlannedAsync(run => run with { Plan = run.Plan! with { TeamLimits = new TeamLimits { UsdPerMonth = new Usd(1) } } });

        Assert.Equal(CostingErrors.GateRefused, await flow.FailAsync(flow.CostGate(_outputs)));

        await RefusedAsync(flow, GateVerdict.Refuse);
        Assert.Equal(new Usd(1), flow.Call.Run.Cost!.Team!.Limits.UsdPerMonth);
    }

    [Fact]
    public async Task Given_AQuotaThatIsTooSmall_When_Priced_Then_ItIsSaidBeforeAnybodyApproves()
    {
        using var flow = await PlannedAsync(run => run);
        ServiceQuota[] quotas = [new() { QuotaName = "ml.g5.xlarge for spot training job usage", Value = 1 }];
        flow.Clients.ServiceQuotas.Paginators.ListServiceQuotas(Arg.Any<ListServiceQuotasRequest>()).Quotas.GetAsyncEnumerator(Arg.Any<CancellationToken>())
            .Returns(_ => quotas.ToAsyncEnumerable().GetAsyncEnumerator());

        Assert.Equal(BudgetErrors.OverQuota, await flow.FailAsync(flow.CostGate(_outputs)));

        await RefusedAsync(flow, GateVerdict.NeedsApproval);
    }

    [Fact]
    public async Task Given_DataInABucketThatDoesNotExist_When_Priced_Then_NothingIsPriced()
    {
        using var flow = await PlannedAsync(run => run with { Job = run.Job! with { TrainingDataUri = "s3://missing/data" } });
        flow.Clients.S3.HeadBucketAsync(default!, default).ThrowsAsyncForAnyArgs(new AmazonS3Exception("none") { StatusCode = HttpStatusCode.NotFound });

        Assert.Equal(UploadErrors.NoBucket, await flow.FailAsync(flow.CostGate(_outputs)));

        Assert.Null((await flow.RecordedAsync()).Cost);
        Assert.DoesNotContain("cost.estimated", flow.Events());
    }

    [Fact]
    public async Task Given_AMarketThatMoves_When_TheSameRunIsPricedAgain_Then_ItKeepsItsPricesAndItsDigest()
    {
        using var flow = await PlannedAsync(run => run);
        await flow.RunAsync(flow.CostGate(_outputs));
        var digest = ApprovalDigest.Compute(flow.Call.Run.Subject!);
        flow.Clients.Ec2.DescribeSpotPriceHistoryAsync(default, default).ReturnsForAnyArgs(new DescribeSpotPriceHistoryResponse
        {
            SpotPriceHistory = [new SpotPrice { InstanceType = "g5.xlarge", AvailabilityZone = "a", Price = "0.9", Timestamp = TestRuns.Start.UtcDateTime.AddDays(-1) }],
        });

        await flow.RunAsync(flow.CostGate(_outputs));

        Assert.Equal(digest, ApprovalDigest.Compute(flow.Call.Run.Subject!));
    }

    private static async Task<FlowFixture> PlannedAsync(Func<RunRecord, RunRecord> change)
    {
        var flow = await FlowFixture.PlannedAsync(null, "--target=CostGate");
        await flow.UpdateAsync(change);
        return flow;
    }

    private async Task RefusedAsync(FlowFixture flow, GateVerdict verdict)
    {
        var run = await flow.RecordedAsync();
        Assert.Equal((RunStage.Planned, verdict), (run.Stage, run.Cost!.Verdict));
        Assert.Equal((null, null), (run.Subject, run.Budget));
        Assert.Empty(await File.ReadAllTextAsync(_outputs));
    }
}
