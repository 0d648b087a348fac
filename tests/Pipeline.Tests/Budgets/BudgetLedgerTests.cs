using BuildPipeline.Budgets;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace BuildPipeline.Pipeline.Tests.Budgets;

public sealed class BudgetLedgerTests
{
    private static readonly TimeSpan LeaseIsOver = BudgetLedger.Lease + BudgetLedger.ClockMargin + TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly FakeJobUsage _usage = new();
    private readonly MemoryStore _store;
    private readonly BudgetLedger _ledger;

    public BudgetLedgerTests()
    {
        _store = new MemoryStore(_time);
        _ledger = new BudgetLedger(_store, _usage);
    }

    [Theory]
    [InlineData(0, 1000)]
    public void Given_ABudgetForOne_When_TwoGatesRunAtOnce_Then_ExactlyOnePassesInAnyOrder(int first, int seeds)
    {
        var (conflicts, wins) = (0, new int[2]);
        for (var seed = first; seed < first + seeds; seed++)
        {
            var random = new Random(seed);
            var store = new MemoryStore(_time) { Written = ledger => Assert.True(Taken(ledger) <= new Usd(2m)), Overtaken = () => conflicts++ };
            var scheduler = new ScheduledStore(store);

            var gates = Enumerable.Range(0, 2).Select(gate => new BudgetLedger(scheduler.For(gate), _usage).ReserveAsync(Requests.Of($"run-{gate}"), default)).ToList();
            scheduler.Run(random, _ => false);

            Assert.Equal(1, gates.Count(gate => gate.IsCompletedSuccessfully));
            Assert.Equal(ExitCode.Refused, Assert.IsType<PipelineException>(gates.Single(gate => gate.IsFaulted).Exception!.InnerException).ExitCode);
            Assert.Single(store.Ledger!.Entries);
            wins[gates.FindIndex(gate => gate.IsCompletedSuccessfully)]++;
        }

        Assert.True(conflicts > 100 && wins.Min() > 100, $"{conflicts} conflicts, wins {string.Join(" and ", wins)}: the seeds interleave too little.");
    }

    [Theory]
    [InlineData(0, 1000)]
    public async Task Given_AGateThatCrashesAnywhere_When_ItsLeaseIsOver_Then_TheBudgetIsWholeAgain(int first, int seeds)
    {
        var crashes = 0;
        for (var seed = first; seed < first + seeds; seed++)
        {
            var random = new Random(seed);
            var store = new MemoryStore(_time);
            var scheduler = new ScheduledStore(store);
            _ = new BudgetLedger(scheduler.For(0), _usage).ReserveAsync(Requests.Of("crashing"), default);
            _ = RunAsync(new BudgetLedger(scheduler.For(1), _usage), Requests.Of("other"), random);
            scheduler.Run(random, process => process == 0 && random.Next(3) == 0 && crashes++ >= 0);

            _time.Advance(LeaseIsOver);
            var budget = await new BudgetLedger(store, _usage).ReadAsync(Requests.Of("last"), default);

            Assert.Equal(Usd.Zero, budget.Reserved.Usd);
        }

        Assert.True(crashes > 100);
    }

    [Fact]
    [Trait("Tier", "all")]
    public async Task Given_TenThousandInterleavings_When_TwoGatesRunAtOnceOrOneCrashes_Then_TheBudgetHolds()
    {
        Given_ABudgetForOne_When_TwoGatesRunAtOnce_Then_ExactlyOnePassesInAnyOrder(1000, 10_000);
        await Given_AGateThatCrashesAnywhere_When_ItsLeaseIsOver_Then_TheBudgetIsWholeAgain(1000, 10_000);
    }

    [Property]
    public Property Given_ManyRunsThatReserveSettleAndCrash_When_Interleaved_Then_NoDollarIsPromisedTwice() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).SelectMany(seed => Gen.Choose(2, 8).Select(runs => (seed, runs))).ToArbitrary(),
        drawn =>
        {
            var random = new Random(drawn.seed);
            var store = new MemoryStore(_time) { Written = ledger => Assert.True(Taken(ledger) <= new Usd(5m)) };
            var scheduler = new ScheduledStore(store);
            var limits = Requests.Limits with { UsdPerMonth = new Usd(5m) };
            for (var run = 0; run < drawn.runs; run++)
            {
                _ = RunAsync(new BudgetLedger(scheduler.For(run), _usage), Requests.Of($"run-{run}", limits), random);
            }

            scheduler.Run(random, _ => random.Next(10) == 0);
            return Taken(store.Ledger ?? new TeamLedger { Team = "research" }) <= new Usd(5m);
        });

    [Fact]
    public async Task Given_ARunThatCrashedBeforeItsJob_When_ItsLeaseIsOver_Then_TheReservationComesBack()
    {
        await _ledger.ReserveAsync(Requests.Of("crashed"), default);
        await Assert.ThrowsAsync<PipelineException>(() => _ledger.ReserveAsync(Requests.Of("next"), default));

        _time.Advance(LeaseIsOver);
        await _ledger.ReserveAsync(Requests.Of("next"), default);

        Assert.False(_store.Ledger!.Find("crashed")!.IsOpen);
        Assert.Equal(BudgetAmounts.None, _store.Ledger.Find("crashed")!.Amounts);
    }

    [Fact]
    public async Task Given_ACrashedRunWhoseJobContinues_When_ItsLeaseIsOver_Then_TheReservationStays()
    {
        _usage.Bill = new JobUsage(BillState.Running, null);
        await _ledger.ReserveAsync(Requests.Of("crashed"), default);
        _time.Advance(LeaseIsOver);

        await Assert.ThrowsAsync<PipelineException>(() => _ledger.ReserveAsync(Requests.Of("next"), default));

        Assert.True(_store.Ledger!.Find("crashed")!.IsOpen);
    }

    [Fact]
    public async Task Given_ACrashedRunWhoseJobHasEnded_When_ItsLeaseIsOver_Then_ItsBillCountsAndTheRestComesBack()
    {
        _usage.Bill = new JobUsage(BillState.Ended, new BudgetAmounts(new Usd(0.40m), 0.2m, 0));
        await _ledger.ReserveAsync(Requests.Of("crashed"), default);
        _time.Advance(LeaseIsOver);

        var budget = await _ledger.ReadAsync(Requests.Of("next"), default);

        Assert.Equal(new BudgetAmounts(new Usd(0.40m), 0.2m, 0), budget.Spent);
        Assert.Equal(BudgetAmounts.None, budget.Reserved);
    }

    [Theory]
    [InlineData(BillState.Unknown)]
    [InlineData(BillState.Ended)]
    public async Task Given_ACrashedRunWhoseBillIsUnknown_When_ItsLeaseIsOver_Then_NoMoneyIsGivenBack(BillState state)
    {
        _usage.Bill = new JobUsage(state, null);
        await _ledger.ReserveAsync(Requests.Of("crashed"), default);
        _time.Advance(LeaseIsOver);

        await Assert.ThrowsAsync<PipelineException>(() => _ledger.ReserveAsync(Requests.Of("next"), default));
    }

    [Fact]
    public async Task Given_ACrashedRun_When_TheBudgetIsOnlyRead_Then_NothingIsWritten()
    {
        await _ledger.ReserveAsync(Requests.Of("crashed"), default);
        _time.Advance(LeaseIsOver);
        _store.Written = _ => Assert.Fail("A look writes nothing.");

        Assert.Equal(BudgetAmounts.None, (await _ledger.ReadAsync(Requests.Of("next"), default)).Reserved);
    }

    [Fact]
    public async Task Given_ARunThatRenews_When_TimePasses_Then_ItsReservationIsNeverTaken()
    {
        await _ledger.ReserveAsync(Requests.Of("long"), default);
        for (var hour = 0; hour < 10; hour++)
        {
            _time.Advance(BudgetLedger.Lease);
            await _ledger.RenewAsync(Requests.Of("long"), default);
        }

        await Assert.ThrowsAsync<PipelineException>(() => _ledger.ReserveAsync(Requests.Of("next"), default));
        Assert.Equal(0, _usage.Requested);
    }

    [Fact]
    public async Task Given_AClockThatIsFourteenMinutesAhead_When_ALeaseIsRead_Then_ALivingRunIsNotTakenForDead()
    {
        await _ledger.ReserveAsync(Requests.Of("alive"), default);
        _time.Advance(BudgetLedger.Lease + TimeSpan.FromMinutes(14));

        await Assert.ThrowsAsync<PipelineException>(() => _ledger.ReserveAsync(Requests.Of("next"), default));

        Assert.Equal(0, _usage.Requested);
    }

    [Fact]
    public async Task Given_ARunThatWasTakenForDead_When_ItComesBackAndTheMoneyIsGone_Then_ItIsRefusedBeforeItSpends()
    {
        await _ledger.ReserveAsync(Requests.Of("slept"), default);
        _time.Advance(LeaseIsOver);
        await _ledger.ReserveAsync(Requests.Of("next"), default);

        var refusal = await Assert.ThrowsAsync<PipelineException>(() => _ledger.ReserveAsync(Requests.Of("slept"), default));

        Assert.Equal(ExitCode.Refused, refusal.ExitCode);
    }

    [Fact]
    public async Task Given_AReservation_When_ItIsMadeAgain_Then_ItCountsOnce()
    {
        await _ledger.ReserveAsync(Requests.Of("run"), default);
        await _ledger.ReserveAsync(Requests.Of("run"), default);

        Assert.Single(_store.Ledger!.Entries);
    }

    [Fact]
    public async Task Given_ARunThatSpentLess_When_Settled_Then_TheRestIsFreeForTheNext()
    {
        await _ledger.ReserveAsync(Requests.Of("first"), default);
        await _ledger.SettleAsync(Requests.Of("first"), new BudgetAmounts(new Usd(0.30m), 0.5m, 0), default);

        var budget = await _ledger.ReadAsync(Requests.Of("next"), default);
        await _ledger.ReserveAsync(Requests.Of("next"), default);

        Assert.Equal(new Usd(0.30m), budget.Spent.Usd);
        Assert.Equal(0, budget.Reserved.Nodes);
    }

    [Fact]
    public async Task Given_AReservationThatWasGivenBack_When_TheRunSettlesAfterAll_Then_WhatItSpentCounts()
    {
        await _ledger.ReserveAsync(Requests.Of("slept"), default);
        _time.Advance(LeaseIsOver);
        await _ledger.ReserveAsync(Requests.Of("next"), default);

        await _ledger.SettleAsync(Requests.Of("slept"), new BudgetAmounts(new Usd(1m), 1m, 0), default);

        Assert.Equal(new Usd(1m), (await _ledger.ReadAsync(Requests.Of("next"), default)).Spent.Usd);
    }

    [Fact]
    public async Task Given_LastMonthsRuns_When_TheMonthTurnsInUtc_Then_TheirDollarsCountNoLongerAndTheirNodesDo()
    {
        _usage.Bill = new JobUsage(BillState.Running, null);
        await _ledger.ReserveAsync(Requests.Of("running"), default);
        _time.SetUtcNow(new DateTimeOffset(2026, 1, 31, 23, 59, 59, TimeSpan.Zero));
        Assert.Equal(new Usd(1.5m), (await _ledger.ReadAsync(Requests.Of("next"), default)).Reserved.Usd);

        _time.SetUtcNow(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
        var budget = await _ledger.ReadAsync(Requests.Of("next"), default);

        Assert.Equal(("2026-02", Usd.Zero, 2), (budget.Month, budget.Reserved.Usd, budget.Reserved.Nodes));
    }

    [Fact]
    public async Task Given_OldClosedEntries_When_TheLedgerIsWritten_Then_TheyAreDropped()
    {
        await _ledger.ReserveAsync(Requests.Of("old"), default);
        await _ledger.SettleAsync(Requests.Of("old"), new BudgetAmounts(new Usd(1m), 1m, 0), default);
        _time.Advance(TimeSpan.FromDays(70));

        await _ledger.ReserveAsync(Requests.Of("new"), default);

        Assert.Null(_store.Ledger!.Find("old"));
    }

    private static Usd Taken(TeamLedger ledger) => ledger.Entries.Aggregate(Usd.Zero, (sum, entry) => sum + entry.Amounts.Usd);

    private static async Task RunAsync(BudgetLedger ledger, BudgetRequest request, Random random)
    {
        try
        {
            await ledger.ReserveAsync(request, default);
            await ledger.RenewAsync(request, default);
            await ledger.SettleAsync(request, new BudgetAmounts(new Usd(random.Next(150) / 100m), 0, 0), default);
        }
        catch (PipelineException refusal) when (refusal.ExitCode == ExitCode.Refused)
        {
            // Another run has the money.
        }
    }
}
