using BuildPipeline.Budgets;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Runs;

public sealed class FallbacksTests
{
    private static readonly TrainingJobSpec Job = Sample.Job with
    {
        InstanceFallbacks =
        [
            new FallbackOption { InstanceType = "ml.g6.xlarge", InstanceCount = 4, UseSpotInstances = true, MaxWaitSeconds = 1800 },
            new FallbackOption { InstanceType = "ml.g4dn.xlarge", InstanceCount = 2, UseSpotInstances = false },
        ],
    };

    [Theory]
    [InlineData(OutcomeKind.NoCapacity, 0, 2)]
    [InlineData(OutcomeKind.Quota, null, 2)]
    [InlineData(OutcomeKind.MaxWait, 0, 2)]
    [InlineData(OutcomeKind.MaxWait, 30, null)]
    [InlineData(OutcomeKind.Moved, 30, 1)]
    [InlineData(OutcomeKind.Completed, 30, null)]
    [InlineData(OutcomeKind.Failed, 30, null)]
    [InlineData(OutcomeKind.MaxRuntime, 30, null)]
    [InlineData(OutcomeKind.Stopped, 0, null)]
    public void Given_AnEnd_When_TheNextNodeOptionIsAsked_Then_OnlyRefusedNodesLeadToIt(OutcomeKind outcome, int? billed, int? next)
    {
        var run = Run(Attempt(1) with { Outcome = outcome, BillableSeconds = billed });

        Assert.Equal((next, next is not null), (Fallbacks.Next(run), run.HasOpenJob));
        Assert.Equal(outcome == OutcomeKind.Moved, (run with { Job = Sample.Job }).HasOpenJob);
    }

    [Fact]
    public void Given_NodeOptionsOverTheirQuota_When_Asked_Then_TheyAreSkipped()
    {
        CostRecord Cost(params int[] exceeded) => TestCost with { Quotas = [.. exceeded.Select(nodeOption => new QuotaUse("quota", 1, 2, nodeOption))] };
        var refused = Run(Attempt(1) with { Outcome = OutcomeKind.NoCapacity });

        Assert.Equal(3, Fallbacks.Next(refused with { Cost = Cost(2) }));
        Assert.Null(Fallbacks.Next(refused with { Cost = Cost(2, 3) }));
        Assert.Equal(2, Fallbacks.Next(Run() with { Cost = Cost(1) }));
    }

    [Fact]
    public void Given_ARunOnDemandForItsDeadline_When_ALaterNodeOptionIsTried_Then_ItIsOnDemandToo()
    {
        var moved = Attempt(1) with { MovingTo = Market.OnDemand, Outcome = OutcomeKind.Moved };
        var second = Job.NodeOptions()[1];

        Assert.Equal(Market.OnDemand, Fallbacks.NextMarket(Run(moved), Job));
        Assert.Equal(Market.OnDemand, Fallbacks.NextMarket(Run(moved, Attempt(1) with { Market = Market.OnDemand, Outcome = OutcomeKind.NoCapacity }), second));
        Assert.Equal(Market.Spot, Fallbacks.NextMarket(Run(Attempt(1) with { Outcome = OutcomeKind.NoCapacity }), second));
    }

    [Fact]
    public void Given_AJobThatGaveUpWhileItWasToBeMoved_When_Asked_Then_TheMoveContinuesWithTheSameNodes()
    {
        var run = Run(Attempt(1) with { MovingTo = Market.OnDemand, Outcome = OutcomeKind.MaxWait, BillableSeconds = 0 });

        Assert.Equal((1, Market.OnDemand), (Fallbacks.Next(run)!.Value, Fallbacks.NextMarket(run, Job)));
    }

    [Fact]
    public void Given_AJobThatWentBackToSpotInVain_When_Asked_Then_ItContinuesOnDemandWithTheSameNodes()
    {
        var run = Run(
            Attempt(2) with { Market = Market.OnDemand, Outcome = OutcomeKind.Moved, MovingTo = Market.Spot },
            Attempt(2) with { Outcome = OutcomeKind.Quota });

        Assert.Equal((2, Market.OnDemand), (Fallbacks.Next(run)!.Value, Fallbacks.NextMarket(run, Job.NodeOptions()[1])));
    }

    [Fact]
    public void Given_ANodeOption_When_TheJobIsTakenToIt_Then_NodesMarketWaitAndKeyAreTheNodeOptions()
    {
        var second = Job.NodeOptions()[1];

        Assert.Equal(("ml.g6.xlarge", 4, true, 1800, Job.MaxRuntimeSeconds), (second.InstanceType, second.InstanceCount, second.UseSpotInstances, second.MaxWaitSeconds, second.MaxRuntimeSeconds));
        Assert.Same(Job, Job.NodeOptions()[0]);
    }

    [Fact]
    public void Given_FallbacksAtItsEnd_When_Told_Then_EachNodeOptionHasItsReason()
    {
        var run = Run(
            Attempt(1) with { Outcome = OutcomeKind.MaxWait, BillableSeconds = 0, OutcomeSentence = "No spot capacity came." },
            Attempt(3) with { Outcome = OutcomeKind.NoCapacity, OutcomeSentence = "AWS had no capacity." }) with
        {
            Cost = TestCost with { Quotas = [new QuotaUse("ml.g6.xlarge for spot training job usage", 1, 4, 2)] },
        };

        Assert.Equal(
            "No node option got its capacity: option 1, 2 x ml.g5.xlarge: No spot capacity came; option 2, 4 x ml.g6.xlarge: needs 4, and the quota 'ml.g6.xlarge for spot training job usage' is 1; "
            + "option 3, 2 x ml.g4dn.xlarge: AWS had no capacity. Try again later, or add node options to instance_fallbacks.",
            Fallbacks.ExhaustionMessage(run));
        Assert.Null(Fallbacks.ExhaustionMessage(run with { Job = Sample.Job }));
        Assert.Null(Fallbacks.ExhaustionMessage(run with { Attempts = [run.Attempts[0]] }));
    }

    private static CostRecord TestCost { get; } = new()
    {
        Lines = [],
        Prices = new PriceSnapshot(),
        MaxRunCostUsd = new Usd(5),
        Verdict = GateVerdict.NeedsApproval,
        Reasons = [],
        PricedAt = Sample.Noon,
    };

    private static RunRecord Run(params AttemptRecord[] attempts) =>
        new() { RunId = "20260131-120000-1a2b", Environment = "sandbox", StartedAt = Sample.Noon, Job = Job, Attempts = attempts };

    private static AttemptRecord Attempt(int nodeOption) =>
        new() { Number = nodeOption, JobName = $"job-a{nodeOption}", Market = Market.Spot, NodeOption = nodeOption, IntentAt = Sample.Noon, MaxRuntimeSeconds = 1800 };
}
