using System.Text.Json.Nodes;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Tasks;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Tasks;

public sealed class ForecastTaskTests
{
    [Fact]
    public async Task Given_APlannedRun_When_Compared_Then_AllRowsAreInItsFolderAndTheRunStaysAsItIs()
    {
        using var flow = await FlowFixture.PlannedAsync(null, "--target=Forecast");
        var before = (await flow.RecordedAsync()).LastEvent;

        await flow.RunAsync(Forecast(flow));

        var rows = Read(flow)["rows"]!.AsArray();
        var own = Assert.Single(rows, row => row!["chosen"]!.GetValue<bool>())!;
        Assert.Equal(("ml.g5.xlarge", 2, true), (own["instance_type"]!.GetValue<string>(), own["nodes"]!.GetValue<int>(), own["spot"]!.GetValue<bool>()));
        Assert.True(rows.Count > 10);
        Assert.Equal(before, (await flow.RecordedAsync()).LastEvent);
        Assert.Empty(flow.Clients.SageMaker.ReceivedCalls());
    }

    [Fact]
    public async Task Given_ARunWithADeadline_When_ComparedUnderAnother_Then_TheRowsHaveTheOtherAndTheRunKeepsItsOwn()
    {
        using var flow = await FlowFixture.PlannedAsync(null, "--target=Forecast", "--deadline=3h");
        await flow.UpdateAsync(run => run with { Terms = new RunTerms(MarketPolicies.Default, 10) });

        await flow.RunAsync(Forecast(flow));

        Assert.Equal(3, (double)Read(flow)["deadline_hours"]!);
        Assert.Equal(10, (await flow.RecordedAsync()).Terms!.DeadlineHours);
    }

    [Fact]
    public async Task Given_AJobWithoutAccelerator_When_Compared_Then_ItIsRefusedAndThereIsNoFile()
    {
        using var flow = await FlowFixture.PlannedAsync(null, "--target=Forecast");
        await flow.UpdateAsync(run => run with { Job = run.Job! with { InstanceType = "ml.m5.large" } });

        Assert.Equal(CostingErrors.NothingToCompare, await flow.FailAsync(Forecast(flow)));

        Assert.False(File.Exists(flow.Call.Session.PathOf(ForecastTask.File)));
    }

    private static ForecastTask Forecast(FlowFixture flow) => new(flow.Call, flow.Prices, new MeasuredStall(flow.Store), new Forecaster(new PriceBook()));

    private static JsonNode Read(FlowFixture flow) => JsonNode.Parse(File.ReadAllText(flow.Call.Session.PathOf(ForecastTask.File)))!;
}
