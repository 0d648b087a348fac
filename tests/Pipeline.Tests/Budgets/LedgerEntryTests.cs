using BuildPipeline.Budgets;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Budgets;

/// <summary>What becomes of the entry of one run.</summary>
public sealed class LedgerEntryTests
{
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly FakeJobUsage _bills = new();
    private readonly MemoryStore _store;
    private readonly BudgetLedger _ledger;

    public LedgerEntryTests()
    {
        _store = new MemoryStore(_time);
        _ledger = new BudgetLedger(_store, _bills);
    }

    [Fact]
    public async Task Given_ALeaseWhoseMarginEndsNow_When_AnotherReserves_Then_TheRunIsStillTakenForAlive()
    {
        await _ledger.ReserveAsync(Requests.Of("alive"), default);
        _time.Advance(BudgetLedger.Lease + BudgetLedger.ClockMargin);

        await Assert.ThrowsAsync<PipelineException>(() => _ledger.ReserveAsync(Requests.Of("next"), default));

        Assert.Equal(0, _bills.Requested);
    }

    [Fact]
    public void Given_RunsOfTwoMonths_When_ThisMonthIsAsked_Then_OnlyItsRunsAreTaken()
    {
        var ledger = new TeamLedger { Team = "research", Entries = [Requests.Of("june").Entry(Sample.Noon.AddMonths(-1)), Requests.Of("july").Entry(Sample.Noon)] };

        Assert.Equal(Requests.Of("july").Requested, ledger.TakenAt(Sample.Noon));
        Assert.Equal(BudgetAmounts.None, ledger.TakenAt(Sample.Noon.AddMonths(1)));
    }

    [Fact]
    public async Task Given_ARunThatChanged_When_ReservedAgain_Then_ItIsJudgedByWhatItAsksNow()
    {
        await _ledger.ReserveAsync(Requests.Of("run"), default);
        var changed = Requests.Of("run") with { Digest = new string('e', 64), Requested = new BudgetAmounts(new Usd(2.01m), 1.5m, 2) };

        Assert.Equal("BP1241", (await Assert.ThrowsAsync<PipelineException>(() => _ledger.ReserveAsync(changed, default))).Code.Id);
        Assert.Equal(new Usd(1.5m), _store.Ledger!.Find("run")!.Amounts.Usd);

        var (entry, others) = await _ledger.ReserveAsync(changed with { Requested = new BudgetAmounts(new Usd(2m), 1.5m, 2) }, default);
        Assert.Equal((changed.Digest, new Usd(2m), BudgetAmounts.None), (entry.Digest, entry.Amounts.Usd, others.Reserved));
        Assert.Equal(entry, Assert.Single(_store.Ledger.Entries));
    }

    [Fact]
    public async Task Given_ARunThatWasSettled_When_ReservedAgain_Then_ItsWholeAmountIsReserved()
    {
        await _ledger.ReserveAsync(Requests.Of("run"), default);
        await _ledger.SettleAsync(Requests.Of("run"), BudgetAmounts.None, default);

        var (entry, _) = await _ledger.ReserveAsync(Requests.Of("run"), default);

        Assert.Equal((true, Requests.Of("run").Requested), (entry.IsOpen, entry.Amounts));
    }

    [Theory]
    [InlineData("slept")]
    [InlineData("unknown")]
    public async Task Given_ARunWithoutAReservation_When_ItRenews_Then_NothingIsWritten(string run)
    {
        await _ledger.ReserveAsync(Requests.Of("slept"), default);
        _time.Advance(BudgetLedger.Lease + BudgetLedger.ClockMargin + TimeSpan.FromSeconds(1));
        await _ledger.ReserveAsync(Requests.Of("next"), default);
        _store.Written = _ => Assert.Fail("It has no reservation to renew.");

        await _ledger.RenewAsync(Requests.Of(run), default);

        Assert.NotEqual(true, _store.Ledger!.Find(run)?.IsOpen);
    }

    [Fact]
    public async Task Given_ASettledRun_When_SettledAgain_Then_OnlyAnotherAmountIsWritten()
    {
        await _ledger.ReserveAsync(Requests.Of("run"), default);
        await _ledger.SettleAsync(Requests.Of("run"), new BudgetAmounts(new Usd(0.30m), 0.5m, 0), default);
        var settled = _store.Ledger!.Find("run")!;
        Assert.Equal(Sample.Noon, settled.ClosedAt);
        _time.Advance(TimeSpan.FromMinutes(1));

        await _ledger.SettleAsync(Requests.Of("run"), new BudgetAmounts(new Usd(0.30m), 0.5m, 0), default);
        Assert.Equal(settled, _store.Ledger.Find("run"));

        await _ledger.SettleAsync(Requests.Of("run"), new BudgetAmounts(new Usd(0.40m), 0.5m, 0), default);
        Assert.Equal(new Usd(0.40m), _store.Ledger.Find("run")!.Amounts.Usd);
    }

    [Fact]
    public async Task Given_AReservation_When_SettledAtAllThatItHeld_Then_ItIsClosedAndHoldsNoNodes()
    {
        await _ledger.ReserveAsync(Requests.Of("run"), default);

        var others = await _ledger.SettleAsync(Requests.Of("run"), Requests.Of("run").Requested, default);

        var entry = _store.Ledger!.Find("run")!;
        Assert.Equal((false, Requests.Of("run").Requested with { Nodes = 0 }), (entry.IsOpen, entry.Amounts));
        Assert.Equal(BudgetAmounts.None, others.Spent);
    }

    [Fact]
    public async Task Given_ASettledRun_When_OthersWriteTheLedger_Then_WhatItSpentStillCounts()
    {
        await _ledger.ReserveAsync(Requests.Of("first"), default);
        await _ledger.SettleAsync(Requests.Of("first"), new BudgetAmounts(new Usd(0.30m), 0.5m, 0), default);
        await _ledger.ReserveAsync(Requests.Of("second"), default);
        await _ledger.RenewAsync(Requests.Of("second"), default);

        Assert.Equal(new Usd(0.30m), (await _ledger.ReadAsync(Requests.Of("third"), default)).Spent.Usd);
    }

    [Fact]
    public async Task Given_AJobThatRunsForMonths_When_OthersWriteTheLedger_Then_ItsReservationStays()
    {
        _bills.Bill = new JobUsage(BillState.Running, null);
        await _ledger.ReserveAsync(Requests.Of("long"), default);
        _time.Advance(TimeSpan.FromDays(70));
        await _ledger.RenewAsync(Requests.Of("long"), default);

        await _ledger.ReserveAsync(Requests.Of("next"), default);

        Assert.True(_store.Ledger!.Find("long")!.IsOpen);
    }

    [Fact]
    public async Task Given_ALedgerThatAlwaysChanges_When_Reserved_Then_ItEndsAndMayBeRunAgain()
    {
        var store = Substitute.For<ILedgerStore>();
        store.ReadAsync(default!, default).ReturnsForAnyArgs(new LedgerSnapshot(new TeamLedger { Team = "research" }, "v1", Sample.Noon));

        var busy = await Assert.ThrowsAsync<PipelineException>(() => new BudgetLedger(store, _bills).ReserveAsync(Requests.Of("run"), default));

        Assert.Equal(("BP1248", ExitCode.StillRunning), (busy.Code.Id, busy.ExitCode));
        await store.ReceivedWithAnyArgs(100).TryWriteAsync(default!, default, default);
    }

    [Fact]
    public void Given_ARequest_When_ItsEntryIsMade_Then_ItSaysWhoseJobsAtWhatRate()
    {
        var request = Requests.Of("run") with { NodeOptions = [new("ml.g5.xlarge", 2, 1, new Usd(2.816m)), new("ml.p4d.24xlarge", 3, 8, new Usd(9m))] };

        var entry = request.Entry(Sample.Noon);

        Assert.Equal(("000000000000", "us-east-1", "finetune-sandbox-run", "sandbox"), (entry.Account, entry.Region, entry.JobName, entry.Environment));
        Assert.Equal(("ml.g5.xlarge", 2, new Usd(2.816m), request.Requested), (entry.InstanceType, entry.Gpus, entry.UsdPerHour, entry.Amounts));
        Assert.Equal(new LedgerNodeOption("ml.p4d.24xlarge", 3, 24, new Usd(9m)), Assert.Single(entry.Fallbacks));
        Assert.Equal((Sample.Noon, Sample.Noon.AddHours(1), null), (entry.ReservedAt, entry.LeaseUntil, entry.ClosedAt));
        Assert.Null((request with { Job = Sample.Job }).Entry(Sample.Noon).Account);
    }
}
