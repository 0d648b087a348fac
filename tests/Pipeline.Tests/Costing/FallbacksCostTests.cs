using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Terraform;
using BuildPipeline.Training;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Costing;

public sealed class FallbacksCostTests
{
    private const int StopSeconds = 180;

    private static readonly string[] Types = ["ml.g5.xlarge", "ml.g5.2xlarge", "ml.g5.12xlarge", "ml.g6.xlarge", "ml.g4dn.xlarge", "ml.m5.large"];
    private static readonly PriceBook Book = new();
    private static readonly CostEstimator Estimator = new(Book, new FakeTimeProvider(Sample.Noon));

    [Fact]
    public void Given_Fallbacks_When_Estimated_Then_TheCeilingIsThatOfItsDearestNodeOption()
    {
        var cost = Estimate(Sample.Job with { InstanceFallbacks = [NodeOption("ml.g5.2xlarge", 2), NodeOption("ml.g4dn.xlarge", 2)] });

        // (1800 + 180) s x 2 nodes x 1.408, 1.515 and 0.7364 $/h, and a tenth of a cent for logs
        Assert.Equal([new Usd(1.55m), new Usd(1.67m), new Usd(0.82m)], cost.NodeOptions.Select(nodeOption => nodeOption.Ceiling!.Value));
        Assert.Equal((new Usd(1.67m), new Usd(2.816m), new Usd(3.03m)), (cost.Ceiling!.Value, cost.RateOf(1)!.Value, cost.RateOf(2)!.Value));
        Assert.Equal(Estimate(Sample.Job).Expected, cost.Expected);
    }

    [Fact]
    public void Given_Fallbacks_When_ItsInfrastructureIsPriced_Then_ItStandsAsLongAsAllNodeOptionsMayTake()
    {
        var cost = Estimate(
            Sample.Job with { InstanceFallbacks = [NodeOption("ml.g5.2xlarge", 2) with { MaxWaitSeconds = 1800 }, NodeOption("ml.g4dn.xlarge", 2) with { UseSpotInstances = false, MaxWaitSeconds = null }] },
            Sample.Plan with { InterfaceEndpointZones = 3 });

        // 3 zones x (3600 + 1800 + 1800 + 180) s x 0.01 $/h
        Assert.Equal(0.0615m, cost.Lines.Single(line => line.Unit == "zone-hour").Ceiling!.Value.Amount);
    }

    [Fact]
    public void Given_ANodeOptionOfUnknownPrice_When_Estimated_Then_ItIsRefusedByName()
    {
        var cost = Estimate(Sample.Job with { InstanceFallbacks = [NodeOption("ml.p5en.48xlarge", 1)] });

        Assert.Equal((null, GateVerdict.Refuse), (cost.Ceiling, cost.Verdict));
        Assert.Contains("ml.p5en.48xlarge", Assert.Single(cost.Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.514, "option 2, ml.g5.2xlarge, costs $1.515 an hour on-demand, over its limit of $1.514")]
    [InlineData(1.515, null)]
    public void Given_ABoundOfANodeOption_When_Estimated_Then_AMoreExpensiveNodeIsRefused(double bound, string? sentence)
    {
        var cost = Estimate(Sample.Job with { InstanceFallbacks = [NodeOption("ml.g5.2xlarge", 2) with { MaxUsdPerNodeHour = new Usd((decimal)bound) }] });

        Assert.Equal(sentence is null ? GateVerdict.NeedsApproval : GateVerdict.Refuse, cost.Verdict);
        Assert.Contains(sentence ?? "", Assert.Single(cost.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ABoundOfTheJobItself_When_Estimated_Then_AMoreExpensiveNodeIsRefused() => Assert.Contains(
        "option 1, ml.g5.xlarge", Assert.Single(Estimate(Sample.Job with { MaxUsdPerNodeHour = new Usd(1.40m) }).Reasons), StringComparison.Ordinal);

    [Fact]
    public void Given_ASpotNodeOptionWithoutCheckpoints_When_Estimated_Then_ItIsRefused() => Assert.Equal(
        GateVerdict.Refuse,
        Estimate(Sample.Job with { UseSpotInstances = false, MaxWaitSeconds = null, CheckpointIntervalSeconds = 0, InstanceFallbacks = [NodeOption("ml.g5.2xlarge", 2)] }).Verdict);

    [Property]
    public Property Given_AnyFallbacks_When_ItIsClimbedInAnyWay_Then_TheBillsAreWithinTheApproval() => Prop.ForAll(
        (from runtime in Gen.Choose(60, 100_000)
         from spot in Gen.Elements(true, false)
         from nodeOptions in Gen.ListOf((from type in Gen.Elements(Types) from nodes in Gen.Choose(1, 16) from onSpot in Gen.Elements(true, false) select (type, nodes, onSpot)))
         from ends in Gen.ArrayOf((from kind in Gen.Choose(0, 6) from ran in Gen.Choose(0, 1000) select (kind, ran)), 12)
         select (runtime, spot, nodeOptions, ends)).ToArbitrary(),
        drawn =>
        {
            var job = Sample.Job with
            {
                UseSpotInstances = drawn.spot,
                MaxRuntimeSeconds = drawn.runtime,
                MaxWaitSeconds = drawn.runtime,
                InstanceFallbacks = [.. drawn.nodeOptions.Take(4).Select(nodeOption => NodeOption(nodeOption.type, nodeOption.nodes) with { UseSpotInstances = nodeOption.onSpot, MaxWaitSeconds = drawn.runtime })],
            };
            var cost = Estimate(job, Sample.Plan with { MaxRunCostUsd = new Usd(1_000_000), InterfaceEndpointZones = 1 });
            var run = new RunRecord { RunId = "run", Environment = "sandbox", StartedAt = Sample.Noon, Job = job, Cost = cost };
            foreach (var (kind, ran) in drawn.ends)
            {
                run = Climb(run, kind, ran);
            }

            return run.ActualCost <= cost.Ceiling && run.Attempts.Zip(run.Attempts.Skip(1)).All(pair => pair.First.NodeOption <= pair.Second.NodeOption);
        });

    // One job more, as Launch decides on it: which node option, which market, how long for what is left; then one of the ways to end.
    private static RunRecord Climb(RunRecord run, int kind, int ran)
    {
        if (Fallbacks.Next(run) is not { } nodeOption || Bought(run, nodeOption) is not { } seconds)
        {
            return run;
        }

        var market = Fallbacks.NextMarket(run, run.Job!.NodeOptions()[nodeOption - 1]);
        var other = market == Market.Spot ? Market.OnDemand : Market.Spot;
        var (outcome, billed, movingTo) = kind switch
        {
            0 => (OutcomeKind.NoCapacity, 0, (Market?)null),
            1 => (OutcomeKind.Quota, 0, null),
            2 => (OutcomeKind.MaxWait, 0, null),
            3 or 4 => (OutcomeKind.Moved, (seconds + StopSeconds) * ran / 1000, other),
            5 => (OutcomeKind.NoCapacity, (seconds + StopSeconds) * ran / 1000, null),
            _ => (OutcomeKind.MaxRuntime, seconds + StopSeconds, null),
        };
        var attempt = new AttemptRecord
        {
            Number = run.Attempts.Count + 1,
            JobName = "job",
            Market = market,
            NodeOption = nodeOption,
            IntentAt = Sample.Noon,
            MaxRuntimeSeconds = seconds,
            MovingTo = movingTo,
            Outcome = outcome,
            BillableSeconds = billed,
            Cost = ActualCost.Calculate(billed, run.Cost!.RateOf(nodeOption)!.Value),
        };
        return run with { Attempts = [.. run.Attempts, attempt] };
    }

    private static int? Bought(RunRecord run, int nodeOption)
    {
        try
        {
            return (int)RuntimeBudget.MaxRuntime(run.Cost!.Ceiling!.Value - run.ActualCost!.Value, run.Cost, run.Job!.NodeOptions()[nodeOption - 1], nodeOption).TotalSeconds;
        }
        catch (PipelineException)
        {
            return null;
        }
    }

    private static FallbackOption NodeOption(string type, int nodes) => new() { InstanceType = type, InstanceCount = nodes, UseSpotInstances = true, MaxWaitSeconds = 3600 };

    private static CostRecord Estimate(TrainingJobSpec job, PlanRecord? plan = null) =>
        Estimator.Estimate(job, plan ?? Sample.Plan, Book.Snapshot(job.Region, [.. job.NodeOptions().Select(nodeOption => nodeOption.InstanceType).Distinct()]));
}
