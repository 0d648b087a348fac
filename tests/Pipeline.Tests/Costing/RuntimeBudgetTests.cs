using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Pipeline.Tests.Budgets;

namespace BuildPipeline.Pipeline.Tests.Costing;

/// <summary>A job of 3600 s at $3.60 an hour, with $0.40 beside it: a second costs a tenth of a cent.</summary>
public sealed class RuntimeBudgetTests
{
    private static readonly TrainingJobSpec Job = Sample.Job with { MaxRuntimeSeconds = 3600 };

    private static readonly CostRecord Cost = BudgetRulesTests.Cost with { Ceiling = new Usd(4m), JobRatePerHour = new Usd(3.6m) };

    private static readonly CostRecord Fallbacks = Cost with
    {
        NodeOptions = [new NodeOptionCost("ml.g5.xlarge", 2, true, new Usd(3.6m), new Usd(4m)), new NodeOptionCost("ml.g5.2xlarge", 2, true, new Usd(7.2m), new Usd(8m))],
    };

    [Theory]
    [InlineData(4, 3600)]
    [InlineData(4.01, 3600)]
    [InlineData(100, 3600)]
    [InlineData(3.999, 3599)]
    [InlineData(3.9999, 3599)]
    [InlineData(2.8, 2400)]
    [InlineData(0.46, 60)]
    public void Given_ApprovedDollars_When_TimeIsBought_Then_ItIsWhatTheyPayForAndNeverMoreThanTheJobAsks(double approved, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RuntimeBudget.MaxRuntime(new Usd((decimal)approved), Cost, Job));

    [Theory]
    [InlineData(0.4599)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Given_LessThanAMinute_When_TimeIsBought_Then_ItIsRefused(double approved) =>
        Assert.Equal("BP1212", Assert.Throws<PipelineException>(() => RuntimeBudget.MaxRuntime(new Usd((decimal)approved), Cost, Job)).Code.Id);

    [Fact]
    public void Given_TwoNodeOptions_When_TimeIsBought_Then_EachHasItsOwnRateAndCeiling()
    {
        Assert.Equal(TimeSpan.FromSeconds(3600), RuntimeBudget.MaxRuntime(new Usd(4m), Fallbacks, Job));

        // $4.00 are missing, at $7.20 an hour
        Assert.Equal(TimeSpan.FromSeconds(1600), RuntimeBudget.MaxRuntime(new Usd(4m), Fallbacks, Job, 2));
        Assert.Equal((new Usd(3.6m), new Usd(7.2m), new Usd(4m), new Usd(8m)), (Fallbacks.RateOf(1), Fallbacks.RateOf(2), Fallbacks.CeilingOf(1), Fallbacks.CeilingOf(2)));
    }

    [Fact]
    public void Given_AnUnknownRateOrCeiling_When_TimeIsBought_Then_ItIsRefusedNeverFree()
    {
        Assert.All([Cost with { JobRatePerHour = null }, Cost with { Ceiling = null }], cost => Assert.Equal(
            "BP1203", Assert.Throws<PipelineException>(() => RuntimeBudget.MaxRuntime(new Usd(4m), cost, Job)).Code.Id));
    }

    [Fact]
    public void Given_QuotasOfTwoNodeOptions_When_AShortfallIsAsked_Then_OnlyTheExceededOnesOfThatOptionAreNamed()
    {
        var cost = Cost with { Quotas = [new("small", 1, 2, 1), new("large", 2, 2, 1), new("unknown", null, 2, 1), new("other", 1, 2, 2), new("another", 3, 4, 2)] };

        Assert.Equal("needs 2, and the quota 'small' is 1", cost.QuotaShortfallMessage(1));
        Assert.Equal("needs 2, and the quota 'other' is 1 and needs 4, and the quota 'another' is 3", cost.QuotaShortfallMessage(2));
        Assert.Null(cost.QuotaShortfallMessage(3));
    }
}
