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

    [Fact]
    public void Given_MoreNodesOnDemand_When_Compared_Then_AllButTheStartGetsFasterByWhatScalingLeaves()
    {
        var rows = Compare(Job).Where(row => row is { InstanceType: "ml.g5.xlarge", Spot: false }).ToDictionary(row => row.Nodes);
        var spot = Compare(Job).Where(row => row is { InstanceType: "ml.g5.xlarge", Spot: true }).Select(row => row.Nodes);

        Assert.Equal([1, 2, 4, 8], rows.Keys.Order());
        Assert.Equal([1, 2, 4, 8], spot.Order());
        foreach (var (nodes, throughput) in new[] { (1, 1 / 1.84), (2, 1.0), (4, 1.84), (8, 1.84 * 1.84) })
        {
            // Of 28,800 s, 300 s are the start.
            var share = (300 + (28_500 / throughput)) / 28_800;
            Assert.Equal(throughput, rows[nodes].Throughput, 1e-9);
            Assert.Equal((double)rows[2].Expected.Amount * share * nodes / 2, (double)rows[nodes].Expected.Amount, 0.01);
            Assert.Equal((double)rows[2].P90.Amount * share * nodes / 2, (double)rows[nodes].P90.Amount, 0.01);
            Assert.Equal(rows[2].Finish.TotalSeconds * share, rows[nodes].Finish.TotalSeconds, 2.0);
        }

        // 2 nodes at $1.408 for 8 h, as far as the work varies
        Assert.InRange(rows[2].Expected.Amount, 0.99m * 22.528m, 1.01m * 22.528m);
        Assert.InRange(rows[2].Finish.TotalHours, 0.99 * 8, 1.01 * 8);
    }

    [Fact]
    public void Given_AnotherAccelerator_When_Compared_Then_TheThroughputFollowsItsNumberAndItsSpeed()
    {
        var (own, other) = (Book.AcceleratorsOf("ml.g5.xlarge")!.Value, Book.AcceleratorsOf("ml.g6e.12xlarge")!.Value);

        var row = Compare(Job).First(row => row is { InstanceType: "ml.g6e.12xlarge", Nodes: 2 });

        Assert.NotEqual(own.Kind.Teraflops, other.Kind.Teraflops);
        Assert.Equal((double)(other.Count * other.Kind.Teraflops / (own.Count * own.Kind.Teraflops)), row.Throughput, 1e-9);
    }

    [Fact]
    public void Given_ADeadlineBeforeTheWorkIsDone_When_Compared_Then_TheFinishIsThatOfTheWholeWork()
    {
        var rows = Forecaster.Compare(Job, Book.Snapshot(Job.Region, "ml.g5.xlarge"), TimeSpan.FromHours(1)).Where(row => row is { Nodes: 2, Spot: false });

        Assert.InRange(Assert.Single(rows).Finish.TotalHours, 0.99 * 8, 1.01 * 8);
    }

    [Fact]
    public void Given_WorkThatIsAllStart_When_Compared_Then_NoNodesMakeItFaster() =>
        Assert.Single(Compare(Job with { ExpectedRuntimeSeconds = 300 }).Where(row => !row.Spot).Select(row => row.Finish).Distinct());

    [Fact]
    public void Given_ADeadline_When_Compared_Then_TheRiskIsThatOfEachWay()
    {
        var rows = Forecaster.Compare(Job, Book.Snapshot(Job.Region, Forecaster.Comparable(Job)), TimeSpan.FromHours(12)).Where(row => row is { InstanceType: "ml.g5.xlarge", Spot: false }).ToDictionary(row => row.Nodes);

        Assert.True(rows[1].DeadlineRisk > 0.8 && rows[2].DeadlineRisk < 0.05 && rows[8].DeadlineRisk == 0, $"{rows[1].DeadlineRisk} {rows[2].DeadlineRisk}");
    }

    [Fact]
    public void Given_ADeadlineOfTheJobAndAPolicyThatMovesAtOnce_When_Compared_Then_SpotCostsWhatOnDemandCosts()
    {
        var job = Job with { DeadlineHours = 12 };
        var rows = Forecaster.Compare(job, Book.Snapshot(job.Region, "ml.g5.xlarge"), TimeSpan.FromHours(12), "on-demand").Where(row => row.Nodes == 2).ToDictionary(row => row.Spot);

        Assert.InRange(rows[true].Expected.Amount / rows[false].Expected.Amount, 0.98m, 1.02m);
        Assert.Equal(job.UseSpotInstances, rows[true].Chosen);
    }

    [Fact]
    public void Given_TypesOfUnknownPriceOrLessMemory_When_Compared_Then_TheyAreLeftOut()
    {
        var rows = Forecaster.Compare(Job, Book.Snapshot(Job.Region, "ml.g5.xlarge"), TimeSpan.FromHours(24));

        Assert.All(rows, row => Assert.Equal("ml.g5.xlarge", row.InstanceType));
        Assert.Equal(8, rows.Count);
        Assert.Contains("ml.g6.xlarge", Forecaster.Comparable(Job));
        Assert.DoesNotContain("ml.g5.xlarge", Forecaster.Comparable(Job with { InstanceType = "ml.p4d.24xlarge" }));
    }

    private static IReadOnlyList<ForecastRow> Compare(TrainingJobSpec job) =>
        Forecaster.Compare(job, Book.Snapshot(job.Region, Forecaster.Comparable(job)), TimeSpan.FromSeconds(job.MaxWaitSeconds!.Value));
}
