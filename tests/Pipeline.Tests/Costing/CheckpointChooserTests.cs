using BuildPipeline.Checkpoints;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class CheckpointChooserTests
{
    // To tenths of a second, and what a bound such as 10 x 165.085 is off as a double.
    private const double Rounding = 0.05 + 1e-9;

    private static readonly PriceSnapshot Prices = new PriceBook().Snapshot("us-east-1", "ml.g5.xlarge");
    private static readonly TrainingJobSpec Auto = Sample.Job with { CheckpointIntervalSeconds = null, CheckpointSizeGb = 1 };

    [Fact]
    public void Given_Auto_When_Chosen_Then_ItIsYoungsOptimumOfTheEstimatedStallAndTheExpectedTimeBetweenInterruptions()
    {
        var choice = CheckpointChooser.Choose(Auto, Prices);

        // 1 GB by two nodes at 1 GB/s; an time between interruptions of 2.5 h: sqrt(2 x 0.5 x 9000)
        Assert.Equal((true, 94.9, 0.5, 9000.0), (choice.Auto, choice.IntervalSeconds, choice.StallSeconds, choice.TimeBetweenInterruptionsSeconds));
        Assert.Contains("every 94.9 s", choice.Reason, StringComparison.Ordinal);
        Assert.Contains("0.5 s (estimated from checkpoint_size_gb)", choice.Reason, StringComparison.Ordinal);
        Assert.InRange(choice.Reason.Length, 1, 512);
    }

    [Fact]
    public void Given_AutoOnDemand_When_Chosen_Then_TheRunningTimeIsTheTimeBetweenInterruptions() =>
        Assert.Equal((42.4, 1800.0), (CheckpointChooser.Choose(Auto with { UseSpotInstances = false }, Prices) is var choice ? choice.IntervalSeconds : 0, choice.TimeBetweenInterruptionsSeconds));

    [Theory]
    [InlineData(0, "0: no checkpoints at intervals")]
    [InlineData(300, "300, as configured")]
    public void Given_AConfiguredInterval_When_Chosen_Then_ItStands(int configured, string reason)
    {
        var choice = CheckpointChooser.Choose(Auto with { CheckpointIntervalSeconds = configured }, Prices);

        Assert.Equal((false, (double)configured), (choice.Auto, choice.IntervalSeconds));
        Assert.Contains(reason, choice.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7.5", false, 7.5)]
    [InlineData("0", true, 94.9)]
    [InlineData("soon", true, 94.9)]
    public void Given_AnIntervalAmongTheHyperparameters_When_ItIsOne_Then_ItWins(string own, bool auto, double interval)
    {
        var choice = CheckpointChooser.Choose(Auto with { Hyperparameters = new Dictionary<string, string> { ["checkpoint_interval_seconds"] = own } }, Prices);

        Assert.Equal((auto, interval), (choice.Auto, choice.IntervalSeconds));
    }

    [Fact]
    public void Given_AMeasuredStall_When_Chosen_Then_ItCountsForThoseNodesOnlyAndIsNamed()
    {
        var measured = new PriceInput("checkpoint stall, 2 x ml.g5.xlarge", 2m, "s", "measured by run 20260130-120000-ab12", new DateOnly(2026, 1, 30));
        var prices = Prices with { Inputs = [.. Prices.Inputs, measured] };

        Assert.Equal(189.7, CheckpointChooser.Choose(Auto, prices).IntervalSeconds);
        Assert.Contains("2 s (measured by run 20260130-120000-ab12)", CheckpointChooser.Choose(Auto, prices).Reason, StringComparison.Ordinal);
        Assert.Equal(0.25, CheckpointChooser.Choose(Auto with { InstanceCount = 4 }, prices).StallSeconds);
        Assert.NotEqual(Prices.Sha256, prices.Sha256);
    }

    [Fact]
    public void Given_WhatTheRunHasSeen_When_Corrected_Then_StallAndMeanTimeBetweenInterruptionsAreItsOwn()
    {
        // (9000 + 1800) / (1 + 2) = 3600 s; sqrt(2 x 2 x 3600)
        var choice = CheckpointChooser.Corrected(Auto, Prices, new RunHistory(2, 1800, 2, 120));

        Assert.Equal((true, 120.0, 2.0, 9000.0), (choice.Auto, choice.IntervalSeconds, choice.StallSeconds, choice.TimeBetweenInterruptionsSeconds));
        Assert.Contains("the checkpoint of step 120", choice.Reason, StringComparison.Ordinal);
        Assert.Contains("the mean time between interruptions is 1 h", choice.Reason, StringComparison.Ordinal);
        Assert.InRange(choice.Reason.Length, 1, 512);
    }

    [Property]
    public Property Given_AnyStallAndTimeBetweenInterruptions_When_Bounded_Then_ItIsWithinTheBounds() => Prop.ForAll(Cases, drawn =>
    {
        var interval = CheckpointChooser.Bounded(drawn.Stall, drawn.TimeBetweenInterruptions, drawn.MaxRuntime);
        var atLeast = Math.Max(1, 10 * drawn.Stall);
        return interval > 0 && interval <= (drawn.MaxRuntime / 2) + Rounding
            && interval <= Math.Max(3600, atLeast) + Rounding && interval >= Math.Min(atLeast, drawn.MaxRuntime / 2) - Rounding;
    });

    [Property]
    public Property Given_AnyStallAndTimeBetweenInterruptions_When_EitherGrows_Then_TheIntervalDoesNotFall() => Prop.ForAll(Cases, Gen.Choose(0, 1000).ToArbitrary(), (drawn, more) =>
    {
        var interval = CheckpointChooser.Bounded(drawn.Stall, drawn.TimeBetweenInterruptions, drawn.MaxRuntime);
        return CheckpointChooser.Bounded(drawn.Stall + (more / 100.0), drawn.TimeBetweenInterruptions, drawn.MaxRuntime) >= interval
            && CheckpointChooser.Bounded(drawn.Stall, drawn.TimeBetweenInterruptions + more, drawn.MaxRuntime) >= interval;
    });

    private static Arbitrary<(double Stall, double TimeBetweenInterruptions, double MaxRuntime)> Cases => Gen.Choose(0, 400_000)
        .SelectMany(stall => Gen.Choose(1, 200_000).SelectMany(timeBetweenInterruptions => Gen.Choose(60, 2_419_200).Select(limit => (stall / 1000.0, (double)timeBetweenInterruptions, (double)limit))))
        .ToArbitrary();
}
