using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Terraform;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Costing;

/// <summary>Two nodes for at most 1800 s and a stop's 180 s, which may wait for an hour.</summary>
public sealed class CostLinesTests
{
    private const decimal LongestHours = 1980 / 3600m;
    private const decimal StorageRate = 0.023m;

    private static readonly PriceBook Book = new();

    private static readonly TrainingJobSpec OnDemand = Sample.Job with { InstanceType = "ml.m5.large", UseSpotInstances = false, MaxWaitSeconds = null };

    [Theory]
    [InlineData(false, "on demand", 1)]
    [InlineData(true, "managed spot", 0.35)]
    public void Given_AMarket_When_Priced_Then_TheNodesCountAtMostOnDemandAndProbablyLessTheDiscount(bool spot, string market, double billed)
    {
        var cost = Estimate(Sample.Job with { UseSpotInstances = spot, ExpectedRuntimeSeconds = 600 });

        var line = cost.Lines.Single(line => line.Unit == "node-hour");
        Assert.Equal(($"2 x ml.g5.xlarge, {market}", "1.1", new Usd(1.408m), null), (line.Name, line.Quantity, line.UnitPrice, line.PerMonth));
        Assert.Equal(2 * 1.408m * LongestHours, line.Ceiling!.Value.Amount, 6);
        Assert.InRange(line.Expected!.Value.Amount / (2 * 1.408m * (decimal)cost.CostSimulation!.ExpectedSeconds / 3600), (decimal)billed * 0.95m, (decimal)billed * 1.05m);
        Assert.Equal(decimal.Round(line.Expected.Value.Amount, 4), line.Expected.Value.Amount);
    }

    [Fact]
    public void Given_ATypeWithoutALocalDisk_When_Priced_Then_TheVolumesOfAllNodesCountForTheRunningTime()
    {
        var cost = Estimate(OnDemand);

        var line = cost.Lines.Single(line => line.Unit == "GB-month");
        Assert.Equal(0.14m, line.UnitPrice!.Value.Amount);
        Assert.Equal(50 * 2 * LongestHours / 730 * 0.14m, line.Ceiling!.Value.Amount, 8);
        Assert.Equal(50 * 2 * (decimal)cost.CostSimulation!.ExpectedSeconds / 3600 / 730 * 0.14m, line.Expected!.Value.Amount, 4);
        Assert.Equal(("0.0753", null), (line.Quantity, line.PerMonth));
        Assert.DoesNotContain(Estimate(Sample.Job).Lines, other => other.Unit == "GB-month");
    }

    [Fact]
    public void Given_NodesThatLog_When_Priced_Then_EachOfTheirHoursCounts()
    {
        var cost = Estimate(Sample.Job);

        var line = cost.Lines.Single(line => line.Unit == "GB of log");
        Assert.Equal(2 * LongestHours * 0.002m * 0.5m, line.Ceiling!.Value.Amount, 8);
        Assert.Equal(2 * (decimal)cost.CostSimulation!.ExpectedSeconds / 3600 * 0.002m * 0.5m, line.Expected!.Value.Amount, 4);
    }

    [Theory]
    [InlineData(null, 30, 4)]
    [InlineData("5", 28, 6)]
    [InlineData("0", 33, 1)]
    [InlineData("100", 0, 34)]
    [InlineData("-5", 30, 4)]
    [InlineData("many", 30, 4)]
    public void Given_HowManyCheckpointsAreKept_When_Priced_Then_TheOthersAreRemovedAndTheModelIsKeptToo(string? keep, int removed, int kept)
    {
        var job = Sample.Job with { CheckpointSizeGb = 2, Hyperparameters = keep is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["keep_checkpoints"] = keep } };

        var cost = Estimate(job);

        // 33 saves of 2 GB; what is removed stays for 7 days, the rest is counted for 30.
        var lines = cost.Lines.Where(line => line.Unit == "GB-month").ToList();
        Assert.Equal(removed * 2 * 7 / 30.4m * StorageRate, lines[0].Ceiling!.Value.Amount, 8);
        Assert.Equal(kept * 2 * 30 / 30.4m * StorageRate, lines[1].Ceiling!.Value.Amount, 8);
        Assert.Equal((null, new Usd(kept * 2 * StorageRate)), (lines[0].PerMonth, lines[1].PerMonth));

        // Of the saves of the expected running time, as many are kept.
        var saves = decimal.Ceiling((decimal)cost.CostSimulation!.ExpectedSeconds / 60);
        Assert.Equal(Math.Max(0, saves - (33 - removed)) * 2 * 7 / 30.4m * StorageRate, lines[0].Expected!.Value.Amount, 4);
    }

    [Fact]
    public void Given_NoCheckpointsAtIntervals_When_Priced_Then_OnlyTheModelIsStored()
    {
        var lines = Estimate(Sample.Job with { UseSpotInstances = false, MaxWaitSeconds = null, CheckpointIntervalSeconds = 0, CheckpointSizeGb = 2 }).Lines.Where(line => line.Unit == "GB-month").ToList();

        Assert.Equal(Usd.Zero, lines[0].Ceiling);
        Assert.Equal(new Usd(2 * StorageRate), lines[1].PerMonth);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "0")]
    [InlineData(10_737_418_240, "9.8684")]
    public void Given_BytesToUpload_When_Priced_Then_TheyAreStoredForThirtyDays(long bytes, string? months)
    {
        var cost = Estimate(Sample.Job, uploaded: bytes);

        var line = cost.Lines.SingleOrDefault(line => line.Unit == "GB-month");
        Assert.Equal(months, line?.Quantity);
        Assert.Equal(bytes == 0 ? null : bytes / 1_073_741_824m * StorageRate, line?.PerMonth?.Amount);
        Assert.Equal(bytes == 0 ? null : decimal.Round(bytes / 1_073_741_824m * 30 / 30.4m * StorageRate, 4), line?.Expected?.Amount);
        Assert.Empty(Estimate(Sample.Job with { Enabled = false }, uploaded: bytes).Lines);
    }

    [Fact]
    public void Given_WhatStandsAroundTheJob_When_Priced_Then_EachCountsForAsLongAsTheJobMayTakeAndByTheMonth()
    {
        PlannedResource Resource(string type, string action) => Sample.Resource(type, action, new { });
        var lines = Estimate(Sample.Job, Sample.Plan with
        {
            InterfaceEndpointZones = 2,
            Resources = [Resource("aws_kms_key", "create"), Resource("aws_kms_key", "update"), Resource("aws_kms_key", "delete"), Resource("aws_cloudwatch_metric_alarm", "create"), Resource("aws_cloudwatch_metric_alarm", "delete"), Resource("aws_kms_alias", "create")],
        }).Lines.Where(line => line.PerMonth is not null).ToDictionary(line => line.Unit);

        var months = 3780 / 3600m / 730;
        Assert.Equal(["alarm-month", "key-month", "zone-hour"], lines.Keys.Order());
        Assert.Equal(2 * 0.01m * 3780 / 3600, lines["zone-hour"].Ceiling!.Value.Amount, 8);
        Assert.Equal(2 * months, lines["key-month"].Ceiling!.Value.Amount, 8);
        Assert.Equal(0.1m * months, lines["alarm-month"].Ceiling!.Value.Amount, 8);
        Assert.Equal((new Usd(2m), new Usd(0.1m), new Usd(14.6m)), (lines["key-month"].PerMonth, lines["alarm-month"].PerMonth, lines["zone-hour"].PerMonth));
        Assert.All(lines.Values, line => Assert.Equal(line.Ceiling, line.Expected));
        Assert.Equal(("0.0029", "0.0014", "2.1"), (lines["key-month"].Quantity, lines["alarm-month"].Quantity, lines["zone-hour"].Quantity));
    }

    [Fact]
    public void Given_AKeeper_When_Priced_Then_ItMayBuildAllTheTimeOfTheRunAndIsIdleForTheRestOfTheMonth()
    {
        var plan = Sample.Plan with { Resources = [Sample.Resource("aws_codebuild_project", "create", new { })] };
        var line = Assert.Single(Estimate(Sample.Job, plan with { Keeper = new(12, 52, 66) }).Lines, line => line.Unit == "build-minute");

        Assert.Equal(0.005m * 66 * 3780 / 3600, line.Ceiling!.Value.Amount, 8);
        Assert.Equal((0.273m, 43.8m), (line.Expected!.Value.Amount, line.PerMonth!.Value.Amount));
        Assert.DoesNotContain(Estimate(Sample.Job).Lines, other => other.Unit == "build-minute");
        Assert.Null(Estimate(Sample.Job, plan).Ceiling);
    }

    [Fact]
    public void Given_AlarmsAndADashboard_When_Priced_Then_WhatStandsCountsByTheMonthAndWhatIsOfTheRunDoesNot()
    {
        var alarms = new AlarmSpec { TopicArn = "arn", HeartbeatMinutes = 5, DetachedHours = 0 };
        var plan = Sample.Plan with
        {
            Resources = [.. new[] { "aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm", "aws_cloudwatch_dashboard" }.Select(type => Sample.Resource(type, "create", new { }))],
        };

        var lines = Estimate(Sample.Job with { Alarms = alarms }, plan).Lines.ToDictionary(line => line.Name);

        var months = 3780 / 3600m / 730;
        Assert.All(
            new (string Line, decimal Price, decimal? PerMonth)[] { ("1 composite alarm", 0.5m, 0.5m), ("1 dashboard", 3, 3), ("18 metrics of the run", 18 * 0.3m, null), ("alarm of the run", 0.1m, null) },
            expected =>
            {
                Assert.Equal(expected.Price * months, lines[expected.Line].Ceiling!.Value.Amount, 8);
                Assert.Equal(expected.PerMonth, lines[expected.Line].PerMonth?.Amount);
            });
        Assert.DoesNotContain("alarm of the run", Estimate(Sample.Job with { Alarms = alarms with { HeartbeatMinutes = 0 } }).Lines.Select(line => line.Name));
        Assert.DoesNotContain(Estimate(Sample.Job with { Alarms = alarms, Enabled = false }).Lines, line => line.Unit == "metric-month");
    }

    private static CostRecord Estimate(TrainingJobSpec job, PlanRecord? plan = null, long uploaded = 0) =>
        new CostEstimator(Book, new FakeTimeProvider(Sample.Noon)).Estimate(job, plan ?? Sample.Plan, Book.Snapshot(job.Region, job.InstanceType), uploaded);
}
