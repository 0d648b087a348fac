using BuildPipeline.Budgets;
using BuildPipeline.Runs;

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

    public static TheoryData<TeamLimits, string> Broken { get; } = new()
    {
        { new TeamLimits { InstanceFamilies = ["g6", "p4d"] }, "g6, p4d" },
        { new TeamLimits { UsdPerRun = new Usd(1.49m) }, "over the $1.49 that team research may spend on one run" },
        { new TeamLimits { UsdPerMonth = new Usd(2.99m) }, "$1.49 of its $2.99 a month left ($1.00 spent and $0.50 reserved by other runs in 2026-01 (UTC))" },
        { new TeamLimits { UsdPerMonth = new Usd(1m) }, "$0.00 of its $1.00 a month left" },
        { new TeamLimits { GpuHoursPerMonth = 4m }, "1 of its 4 a month left" },
        { new TeamLimits { MaxNodes = 4 }, "may have 4 at once, of which other runs hold 3" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Given_ABrokenLimit_When_Judged_Then_OneSentenceNamesItAndWhatIsLeft(TeamLimits limits, string words) =>
        Assert.Contains(words, Assert.Single(Judge(limits)), StringComparison.Ordinal);

    [Fact]
    public void Given_ALimitOfGpuHoursAndATypeOfUnknownGpus_When_Judged_Then_ItIsRefusedNeverZero()
    {
        var limits = new TeamLimits { GpuHoursPerMonth = 100 };
        var request = Requests.Of("run", limits) with { GpusPerNode = null };

        Assert.Contains("unknown", Assert.Single(BudgetRules.Refusals(Budget(limits), request)), StringComparison.Ordinal);
    }

    [Fact]
    public void Given_APlanWithLimits_When_Asked_Then_TheRunAsksForItsCeilingAndTheStopsGrace()
    {
        var run = new RunRecord
        {
            RunId = "20260131-120000-1a2b",
            Environment = "sandbox",
            StartedAt = Sample.Noon,
            Job = Sample.Job,
            Plan = Sample.Plan with { TeamLimits = Requests.Limits },
        };
        var cost = new CostRecord
        {
            Ceiling = new Usd(1.51m),
            JobRatePerHour = new Usd(2.816m),
            Lines = [],
            Prices = new PriceSnapshot("table", new DateOnly(2026, 1, 1), ""),
            Limit = new Usd(5m),
            Verdict = GateVerdict.NeedsApproval,
            Reasons = [],
            PricedAt = Sample.Noon,
        };

        // 2 nodes x 4 GPUs x (1800 + 120) s
        Assert.Equal(new BudgetAmounts(new Usd(1.51m), 4.2667m, 2), BudgetRequest.Of(run, cost, 4)!.Asked);
        Assert.Null(BudgetRequest.Of(run with { Plan = Sample.Plan }, cost, 4));
        Assert.Null(BudgetRequest.Of(run with { Job = Sample.Job with { Enabled = false } }, cost, 4));
    }

    [Fact]
    public void Given_AnUnknownBill_When_Settled_Then_TheReservationCountsAsSpent() =>
        Assert.Equal(new BudgetAmounts(new Usd(1.5m), 1.0667m, 0), Requests.Of("run").Used(null, 60));

    private static List<string> Judge(TeamLimits limits) => [.. BudgetRules.Refusals(Budget(limits), Requests.Of("run", limits))];

    private static TeamBudget Budget(TeamLimits limits) => new("research", limits, "2026-01", Spent, Reserved, Requests.Of("run").Asked);
}
