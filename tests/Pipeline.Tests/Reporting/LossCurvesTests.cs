using BuildPipeline.JobLogs;
using BuildPipeline.Reporting.Receipts;

namespace BuildPipeline.Pipeline.Tests.Reporting;

/// <summary>The curves of the loss, which both forms of the receipt draw.</summary>
public sealed class LossCurvesTests
{
    [Fact]
    public void Given_AnInterruptedRun_When_ItsLossIsRead_Then_WorkThatWasRepeatedIsAPartOfItsOwnAndTheRestartHasItsProvenStep()
    {
        var curves = Of([Point(100, 80), Point(200, 100), Point(300, 120), Point(250, 165), Point(300, 170)])!;

        var curve = Assert.Single(curves.Curves);
        Assert.Equal([[100, 200, 300], [250, 300]], curve.Parts.Select(part => part.Select(point => point.Step)));
        Assert.Equal([new Restart(Sample.Noon.AddSeconds(160), 200)], curves.Restarts);
    }

    [Fact]
    public void Given_ARestartWithoutProof_When_Read_Then_ItHasTheFirstStepThatWasLoggedAfterIt()
    {
        var run = ExampleRun.Launched with { Evidence = null };

        var curves = LossCurves.Calculate(run, [Point(300, 120), Point(250, 165)])!;

        Assert.Equal([250], curves.Restarts.Select(restart => restart.Step));
    }

    [Fact]
    public void Given_MetricsOfManyKinds_When_Read_Then_OnlyLossesOfTheFirstNodeAreDrawn()
    {
        var curves = Of([Point(1, 80) with { Name = "lr" }, Point(1, 80), Point(1, 80) with { Name = "train:loss.algo-2" }, Point(1, 80) with { Name = "validation:LOSS" }])!;

        Assert.Equal(["train:loss", "validation:LOSS"], curves.Curves.Select(curve => curve.Metric));
    }

    [Fact]
    public void Given_NoLoss_When_Read_Then_TheFinalMetricIsDrawn()
    {
        var run = ExampleRun.Launched with { Job = Sample.Job with { FinalMetric = new("accuracy", 0, 1) } };

        Assert.Equal(["accuracy"], LossCurves.Calculate(run, [Point(1, 80) with { Name = "accuracy" }, Point(1, 80) with { Name = "lr" }])!.Curves.Select(curve => curve.Metric));
        Assert.Null(Of([Point(1, 80) with { Name = "lr" }]));
        Assert.Null(Of([]));
    }

    [Fact]
    public void Given_ManyValues_When_Read_Then_ADrawingKeepsTheirSpikes()
    {
        var points = Enumerable.Range(0, 100_000).Select(index => Point(index, 80) with { At = Sample.Noon.AddMilliseconds(80_000 + index), Value = index == 54_321 ? 99 : index == 77_777 ? double.NaN : 2 }).ToList();

        var curve = Assert.Single(Of(points)!.Curves);

        Assert.InRange(curve.Parts.Sum(part => part.Count), 100, 400);
        Assert.Contains(new LossPoint(54_321, 99), curve.Parts[0]);
        Assert.Equal(1, curve.NotFinite);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(5, 5)]
    [InlineData(double.MinValue, double.MaxValue)]
    public void Given_AnyTwoValues_When_Scaled_Then_TheyAreInTheDrawing(double low, double high)
    {
        var scale = LossScale.Calculate([new("loss", [[new(1, low), new(3, high)]], 0)]);

        Assert.InRange(scale.Y(low), 0, scale.Y(high));
        Assert.InRange(scale.Y(high), 0.5, 1);
        Assert.Equal([0, 0.5, 1], new[] { scale.X(1), scale.X(2), scale.X(3) });
    }

    private static LossCurves? Of(IReadOnlyList<MetricPoint> points) => LossCurves.Calculate(ExampleRun.Launched, points);

    private static MetricPoint Point(int step, int second) => new("train:loss", step, Sample.Noon.AddSeconds(second), 2);
}
