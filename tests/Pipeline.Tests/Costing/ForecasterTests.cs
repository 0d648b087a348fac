using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class ForecasterTests
{
    private static readonly PriceBook Book = new();
    private static readonly Forecaster Forecaster = new(Book);
    private static readonly TrainingJobSpec Job = Sample.Job with { MaxRuntimeSeconds = 36_000, MaxWaitSeconds = 86_400, ExpectedRuntimeSeconds = 28_800 };

    [Fact]
    public void Given_AJob_When_Compared_Then_ItsOwnRowIsMarkedAndAllOthersArePricedAndFit()
    {
        var rows = Compare(Job);

        var chosen = Assert.Single(rows, row => row.Chosen);
        Assert.Equal(("ml.g5.xlarge", 2, true, 1.0), (chosen.InstanceType, chosen.Nodes, chosen.Spot, chosen.Throughput));
        Assert.Equal(rows.OrderBy(row => row.Expected), rows);
        Assert.All(rows, row => Assert.True(row.Expected > Usd.Zero && row.Expected <= row.P90));
        Assert.DoesNotContain(rows, row => row.InstanceType is "ml.g4dn.xlarge" or "ml.m5.large" or "ml.p5en.48xlarge");
    }

    [Fact]
    public void Given_OneType_When_Compared_Then_OnDemandCostsMoreAndIsSurerAndMoreNodesAreFasterAndCostMore()
    {
        var rows = Compare(Job).Where(row => row.InstanceType == "ml.g5.xlarge").ToList();
        var (spot, onDemand) = (rows.Single(row => row is { Nodes: 2, Spot: true }), rows.Single(row => row is { Nodes: 2, Spot: false }));
        var eight = rows.Single(row => row is { Nodes: 8, Spot: false });

        Assert.True(onDemand.Expected > spot.Expected && onDemand.DeadlineRisk < spot.DeadlineRisk && onDemand.Finish < spot.Finish);
        Assert.True(eight.Finish < onDemand.Finish && eight.Expected > onDemand.Expected);
    }

    [Fact]
    public void Given_ATypeWithoutAccelerator_When_Compared_Then_ItIsRefusedWithASentence()
    {
        var exception = Assert.Throws<PipelineException>(() => Forecaster.Comparable(Job with { InstanceType = "ml.m5.large" }));

        Assert.Equal(ExitCode.BadConfiguration, exception.ExitCode);
    }

    private static IReadOnlyList<ForecastRow> Compare(TrainingJobSpec job) =>
        Forecaster.Compare(job, Book.Snapshot(job.Region, Forecaster.Comparable(job)), TimeSpan.FromSeconds(job.MaxWaitSeconds!.Value));
}
