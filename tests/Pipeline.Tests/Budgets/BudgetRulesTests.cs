using BuildPipeline.Budgets;
using BuildPipeline.Costing;
using BuildPipeline.Jobs;
using BuildPipeline.Prices;
using BuildPipeline.Runs;
using BuildPipeline.Spot;
using BuildPipeline.Training;

namespace BuildPipeline.Pipeline.Tests.Budgets;

public sealed class BudgetRulesTests
{
    private static readonly BudgetAmounts Spent = new(new Usd(1m), 2m, 0);
    private static readonly BudgetAmounts Reserved = new(new Usd(0.5m), 1m, 3);

    [Fact]
    public void Given_NoLimits_When_Judged_Then_NothingIsRefused() => Assert.Empty(Judge(new TeamLimits()));

    [Fact]
    public void Given_LimitsThatAreJustMet_When_Judged_Then_NothingIsRefused() => Assert.Empty(Judge(new TeamLimits
    {
        InstanceFamilies = ["g5"],
        MaxNodes = 5,
        GpuHoursPerMonth = 4.0667m,
        UsdPerMonth = new Usd(3m),
        UsdPerRun = new Usd(1.5m),
    }));

    public static TheoryData<TeamLimits, string, string> Broken { get; } = new()
    {
        { new TeamLimits { InstanceFamilies = ["g6", "p4d"] }, "BP1242", "g6, p4d" },
        { new TeamLimits { UsdPerRun = new Usd(1.49m) }, "BP1243", "$1.49" },
        { new TeamLimits { UsdPerMonth = new Usd(2.99m) }, "BP1244", "$1.49 of its $2.99 a month left ($1.00 spent and $0.50 reserved by other runs in 2026-01 (UTC))" },
        { new TeamLimits { UsdPerMonth = new Usd(1m) }, "BP1244", "$0.00 of its $1.00" },
        { new TeamLimits { GpuHoursPerMonth = 4m }, "BP1246", "1 of its 4" },
        { new TeamLimits { MaxNodes = 4 }, "BP1247", "4 concurrent nodes and other runs use 3" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Given_ABrokenLimit_When_Judged_Then_OneSentenceNamesItAndWhatIsLeft(TeamLimits limits, string id, string values)
    {
        var refusal = Assert.Single(Judge(limits));

        Assert.StartsWith($"{id} ", refusal, StringComparison.Ordinal);
        Assert.Contains(values, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Given_ALimitOfGpuHoursAndATypeOfUnknownGpus_When_Judged_Then_ItIsRefusedNeverZero()
    {
        var limits = new TeamLimits { GpuHoursPerMonth = 100 };
        var request = Requests.Of("run", limits) with { NodeOptions = [new BudgetNodeOption("ml.g5.xlarge", 2, null, new Usd(2.816m))] };

        Assert.StartsWith("BP1245 ", Assert.Single(BudgetRules.Refusals(Budget(limits), request)), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_APlanWithLimits_When_Asked_Then_TheRunAsksForItsCeilingAndTheTimeOfAStop()
    {
        // 2 nodes x 4 GPUs x (1800 + 180) s
        Assert.Equal(new BudgetAmounts(new Usd(1.51m), 4.4m, 2), RunBudget.RequestOf(Run, Cost, _ => 4)!.Requested);
        Assert.Null(RunBudget.RequestOf(Run with { Plan = Sample.Plan }, Cost, _ => 4));
        Assert.Null(RunBudget.RequestOf(Run with { Job = Sample.Job with { Enabled = false } }, Cost, _ => 4));
    }

    [Fact]
    public void Given_Fallbacks_When_Asked_Then_TheMostOfEachNodeOptionIsAskedForAndTheLedgerKnowsThemAll()
    {
        var request = RunBudget.RequestOf(Run with { Job = OnFallbacks }, Fallbacks, GpusOf)!;

        // 4 nodes of the second node option; 1 node x 8 GPUs x (1800 + 180) s of the third
        Assert.Equal(new BudgetAmounts(new Usd(1.51m), 4.4m, 4), request.Requested);
        Assert.Equal((2, new Usd(2.816m)), request.Entry(Sample.Noon).NodesOf("ml.g5.xlarge", 2));
        Assert.Equal((4, new Usd(5m)), request.Entry(Sample.Noon).NodesOf("ml.g5.xlarge", 4));
        Assert.Equal((8, new Usd(9m)), request.Entry(Sample.Noon).NodesOf("ml.p4d.24xlarge", 1));
        Assert.Null(request.Entry(Sample.Noon).NodesOf("ml.p4d.24xlarge", 2));
        Assert.Contains("ml.p4d.24xlarge belongs to family p4d", Assert.Single(BudgetRules.Refusals(Budget(new TeamLimits { InstanceFamilies = ["g5"] }), request with { Limits = new TeamLimits { InstanceFamilies = ["g5"] } })), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_JobsOnTwoNodeOptions_When_Settled_Then_EachCountsItsOwnGpus()
    {
        AttemptRecord Ended(int nodeOption, int seconds) => new()
        {
            Number = nodeOption, JobName = "job", Market = Market.Spot, IntentAt = Sample.Noon, MaxRuntimeSeconds = 1800, NodeOption = nodeOption, TrainingSeconds = seconds, Cost = new Usd(nodeOption), Outcome = OutcomeKind.Moved,
        };
        var run = Run with { Job = OnFallbacks, Attempts = [Ended(1, 900), Ended(3, 450)] };

        // 2 GPUs x 900 s + 8 GPUs x 450 s
        Assert.Equal(new BudgetAmounts(new Usd(4), 1.5m, 0), RunBudget.RequestOf(run, Fallbacks, GpusOf)!.Used(run));
    }

    [Fact]
    public void Given_AnUnknownBill_When_Settled_Then_TheReservationCountsAsSpent()
    {
        var unknown = Run with { Attempts = [new AttemptRecord { Number = 1, JobName = "job", Market = Market.Spot, IntentAt = Sample.Noon, MaxRuntimeSeconds = 1800, TrainingSeconds = 60 }] };

        Assert.Equal(new BudgetAmounts(new Usd(1.5m), 1.0667m, 0), Requests.Of("run").Used(unknown));
    }

    private static RunRecord Run { get; } = new()
    {
        RunId = "20260131-120000-1a2b",
        Environment = "sandbox",
        StartedAt = Sample.Noon,
        Job = Sample.Job,
        Plan = Sample.Plan with { TeamLimits = Requests.Limits },
    };

    internal static CostRecord Cost { get; } = new()
    {
        Ceiling = new Usd(1.51m),
        JobRatePerHour = new Usd(2.816m),
        Lines = [],
        Prices = new PriceSnapshot(),
        MaxRunCostUsd = new Usd(5m),
        Verdict = GateVerdict.NeedsApproval,
        Reasons = [],
        PricedAt = Sample.Noon,
    };

    private static TrainingJobSpec OnFallbacks { get; } = Sample.Job with
    {
        InstanceFallbacks =
        [
            new FallbackOption { InstanceType = "ml.g5.xlarge", InstanceCount = 4, UseSpotInstances = true },
            new FallbackOption { InstanceType = "ml.p4d.24xlarge", InstanceCount = 1, UseSpotInstances = false },
        ],
    };

    private static CostRecord Fallbacks { get; } = Cost with
    {
        NodeOptions =
        [
            new NodeOptionCost("ml.g5.xlarge", 2, true, new Usd(2.816m), new Usd(1.51m)),
            new NodeOptionCost("ml.g5.xlarge", 4, true, new Usd(5m), new Usd(1.51m)),
            new NodeOptionCost("ml.p4d.24xlarge", 1, false, new Usd(9m), new Usd(1.51m)),
        ],
    };

    private static int? GpusOf(string type) => type == "ml.p4d.24xlarge" ? 8 : 1;

    private static List<string> Judge(TeamLimits limits) => [.. BudgetRules.Refusals(Budget(limits), Requests.Of("run", limits))];

    private static TeamBudget Budget(TeamLimits limits) => new("research", limits, "2026-01", Spent, Reserved, Requests.Of("run").Requested);
}
