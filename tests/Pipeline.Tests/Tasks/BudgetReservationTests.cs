using BuildPipeline.Budgets;
using BuildPipeline.Costing;
using BuildPipeline.Pipeline.Tests.Aws;
using BuildPipeline.Pipeline.Tests.Training;
using BuildPipeline.Tasks;
using BuildPipeline.Training;
using NSubstitute;

namespace BuildPipeline.Pipeline.Tests.Tasks;

/// <summary>Runs of $3.00 on two nodes with one GPU each, for at most 3600 s and a stop's 180 s.</summary>
public sealed class BudgetReservationTests
{
    private static readonly BudgetAmounts Requested = new(new Usd(3m), 2.1m, 2);

    [Fact]
    public async Task Given_ATeamWithLimits_When_Reserved_Then_TheCeilingIsInTheLedgerAndInTheLog()
    {
        using var flow = await TeamAsync(new Usd(3m));

        await flow.Budget.ReserveAsync(default);

        var hold = (await flow.RecordedAsync()).Budget!;
        Assert.Equal(("research", Requested, BudgetAmounts.None, null), (hold.Team, hold.Reserved, hold.TeamBalance!.Reserved, hold.Settled));
        var entry = (await LedgerAsync(flow)).Find(flow.Call.Run.RunId)!;
        Assert.Equal((true, Requested, hold.ReservedAt), (entry.IsOpen, entry.Amounts, entry.ReservedAt));
    }

    [Fact]
    public async Task Given_AReservation_When_ReservedAgain_Then_TheLeaseIsRenewedAndTheLogSaysItOnce()
    {
        using var flow = await TeamAsync(new Usd(3m));
        await flow.Budget.ReserveAsync(default);
        var before = (await LedgerAsync(flow)).Entries.Single().LeaseUntil;
        flow.Time.Advance(TimeSpan.FromMinutes(10));

        await flow.Budget.ReserveAsync(default);

        Assert.True((await LedgerAsync(flow)).Entries.Single().LeaseUntil > before);
        Assert.Single(await flow.EventsAsync(), "budget.reserved");
    }

    [Fact]
    public async Task Given_ALedgerWithTooLittle_When_Reserved_Then_ItIsRefusedAndTheRunHoldsNothing()
    {
        using var flow = await TeamAsync(new Usd(2.99m));

        Assert.Equal("BP1241", (await Assert.ThrowsAsync<PipelineException>(() => flow.Budget.ReserveAsync(default))).Code.Id);

        Assert.Null((await flow.RecordedAsync()).Budget);
        Assert.Empty((await LedgerAsync(flow)).Entries);
    }

    [Fact]
    public async Task Given_ATeamWithoutLimits_When_ReservedAndClosed_Then_NothingIsHeld()
    {
        using var flow = await FlowFixture.PricedAsync();

        await flow.Budget.ReserveAsync(default);

        Assert.True(await flow.Budget.CloseAsync(failed: true, default));
        Assert.Null((await flow.RecordedAsync()).Budget);
    }

    [Fact]
    public async Task Given_AnEndedJob_When_Closed_Then_WhatItCostReplacesTheReservation()
    {
        using var flow = await TeamAsync(new Usd(3m));
        await flow.Budget.ReserveAsync(default);
        await EndAsync(flow, OutcomeKind.Completed);

        Assert.True(await flow.Budget.CloseAsync(failed: false, default));

        // 900 s of two GPUs
        var hold = (await flow.RecordedAsync()).Budget!;
        Assert.Equal((new Usd(1.2m), 0.5m, Requested), (hold.Settled, hold.SettledGpuHours, hold.Reserved));
        var entry = (await LedgerAsync(flow)).Entries.Single();
        Assert.Equal((false, new BudgetAmounts(new Usd(1.2m), 0.5m, 0)), (entry.IsOpen, entry.Amounts));

        Assert.True(await flow.Budget.CloseAsync(failed: false, default));
        Assert.Single(await flow.EventsAsync(), "budget.settled");
    }

    [Fact]
    public async Task Given_AJobThatMoves_When_Closed_Then_TheReservationStaysForItsSuccessor()
    {
        using var flow = await TeamAsync(new Usd(3m));
        await flow.Budget.ReserveAsync(default);
        await EndAsync(flow, OutcomeKind.Moved);

        Assert.True(await flow.Budget.CloseAsync(failed: true, default));

        Assert.Null((await flow.RecordedAsync()).Budget!.Settled);
        Assert.Equal(Requested, (await LedgerAsync(flow)).Entries.Single().Amounts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_NoJobYet_When_Closed_Then_TheReservationComesBackOnlyWhereTheTargetFailed(bool failed)
    {
        using var flow = await TeamAsync(new Usd(3m));
        await flow.Budget.ReserveAsync(default);

        Assert.True(await flow.Budget.CloseAsync(failed, default));

        Assert.Equal(failed ? Usd.Zero : null, (await flow.RecordedAsync()).Budget!.Settled);
        Assert.Equal((!failed, failed ? BudgetAmounts.None : Requested), ((await LedgerAsync(flow)).Entries.Single().IsOpen, (await LedgerAsync(flow)).Entries.Single().Amounts));
    }

    [Fact]
    public async Task Given_ALedgerThatCannotBeRead_When_Closed_Then_SomethingIsLeftToSettle()
    {
        using var flow = await TeamAsync(new Usd(3m));
        await flow.Budget.ReserveAsync(default);
        await EndAsync(flow, OutcomeKind.Completed);
        var ledger = flow.State["ledger/research.json"];
        flow.State["ledger/research.json"] = "{";

        Assert.False(await flow.Budget.CloseAsync(failed: false, default));

        Assert.Null((await flow.RecordedAsync()).Budget!.Settled);
        flow.State["ledger/research.json"] = ledger;
        Assert.True(await flow.Budget.CloseAsync(failed: false, default));
        Assert.Equal(new Usd(1.2m), (await flow.RecordedAsync()).Budget!.Settled);
    }

    [Fact]
    public async Task Given_APriceWithinTheBudget_When_Checked_Then_ItStandsWithTheTeamsBudgetAndTheQuotas()
    {
        using var flow = await TeamAsync(new Usd(3m));

        var cost = await CheckAsync(flow, flow.Call.Run.Cost!);

        Assert.Equal((GateVerdict.NeedsApproval, Requested, new Usd(3m)), (cost.Verdict, cost.Team!.Requested, cost.Team.Limits.UsdPerMonth));
        Assert.Equal(2, cost.Quotas.Single(quota => quota.Name == "ml.g5.xlarge for spot training job usage").Limit);
        Assert.Empty((await LedgerAsync(flow)).Entries);
    }

    [Fact]
    public async Task Given_APriceOverTheBudget_When_Checked_Then_ItIsRefusedForThatAloneOrForBoth()
    {
        using var flow = await TeamAsync(new Usd(2.99m));
        var passed = flow.Call.Run.Cost! with { Reasons = ["within the limit"] };

        var refused = await CheckAsync(flow, passed);
        Assert.Equal(GateVerdict.Refuse, refused.Verdict);
        Assert.StartsWith("BP1244 ", Assert.Single(refused.Reasons), StringComparison.Ordinal);

        var both = await CheckAsync(flow, passed with { Verdict = GateVerdict.Refuse, Reasons = ["BP1202 over the limit"] });
        Assert.Equal((GateVerdict.Refuse, 2, "BP1202 over the limit"), (both.Verdict, both.Reasons.Count, both.Reasons[0]));
    }

    [Fact]
    public async Task Given_ATeamWithoutLimits_When_Checked_Then_OnlyTheQuotasAreAdded()
    {
        using var flow = await FlowFixture.PricedAsync();

        var cost = await CheckAsync(flow, flow.Call.Run.Cost!);

        Assert.Equal((GateVerdict.NeedsApproval, null), (cost.Verdict, cost.Team));
        Assert.NotEmpty(cost.Quotas);
    }

    [Fact]
    public async Task Given_AJobThatIsNotEnabled_When_Checked_Then_NothingIsAsked()
    {
        using var flow = await TeamAsync(new Usd(1m));
        await flow.UpdateAsync(run => run with { Job = run.Job! with { Enabled = false } });

        Assert.Same(flow.Call.Run.Cost, await CheckAsync(flow, flow.Call.Run.Cost!));
    }

    [Fact]
    public async Task Given_QuotasThatCannotBeRead_When_Checked_Then_ItIsAWarningAndNoRefusal()
    {
        using var flow = await FlowFixture.PricedAsync();

        var cost = await CheckAsync(flow, flow.Call.Run.Cost!, new Answer(400, """{"__type":"AccessDeniedException","Message":"no"}"""));

        Assert.Equal(GateVerdict.NeedsApproval, cost.Verdict);
        Assert.NotEmpty(flow.Console.Output.Trim());
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, true, false)]
    public void Given_TwoNodeOptions_When_TheQuotasAreRequired_Then_OneThatFitsIsEnough(bool firstIsOver, bool secondIsOver, bool passes)
    {
        var cost = TestRuns.Run.Cost! with
        {
            NodeOptions = [NodeOption("ml.g5.xlarge"), NodeOption("ml.g6.xlarge")],
            Quotas = [new QuotaUse("first", firstIsOver ? 1 : 2, 2, 1), new QuotaUse("second", secondIsOver ? 1 : 2, 2, 2)],
        };

        var refusal = Record.Exception(() => BudgetReservation.RequireQuotas(cost));

        Assert.Equal(passes ? null : "BP1249", (refusal as PipelineException)?.Code.Id);
        Assert.Equal(passes ? null : ExitCode.NoCapacity, (refusal as PipelineException)?.ExitCode);
    }

    [Fact]
    public void Given_NothingToLaunch_When_TheQuotasAreRequired_Then_NothingIsRefused() =>
        Assert.Null(Record.Exception(() => BudgetReservation.RequireQuotas(TestRuns.Run.Cost!)));

    [Fact]
    public async Task Given_AReservationThatIsKept_When_TimePasses_Then_ItsLeaseIsRenewedUntilItIsSettled()
    {
        using var flow = await TeamAsync(new Usd(3m));
        await flow.Budget.ReserveAsync(default);
        var first = (await LedgerAsync(flow)).Entries.Single().LeaseUntil;

        await using (flow.Budget.KeepReserved())
        {
            flow.Time.Advance(BudgetLedger.Lease / 4);
        }

        Assert.Equal(first + (BudgetLedger.Lease / 4), (await LedgerAsync(flow)).Entries.Single().LeaseUntil);
    }

    [Fact]
    public async Task Given_AReservation_When_Shown_Then_TheAmountIsThatOfTheReservationAndOfTheBillOnceSettled()
    {
        using var flow = await TeamAsync(new Usd(3m));
        await flow.Budget.ShowAsync(default);
        Assert.Empty(flow.Console.Output);

        await flow.Budget.ReserveAsync(default);
        await flow.Budget.ShowAsync(default);
        Assert.Contains("this run: $3.00", flow.Console.Output, StringComparison.Ordinal);

        await EndAsync(flow, OutcomeKind.Completed);
        await flow.Budget.CloseAsync(failed: false, default);
        await flow.Budget.ShowAsync(default);
        Assert.Contains("this run: $1.20", flow.Console.Output, StringComparison.Ordinal);
    }

    private static async Task<FlowFixture> TeamAsync(Usd perMonth)
    {
        var flow = await FlowFixture.PricedAsync();
        await flow.UpdateAsync(run => run with { Plan = run.Plan! with { TeamLimits = new TeamLimits { UsdPerMonth = perMonth } } });
        return flow;
    }

    private static Task EndAsync(FlowFixture flow, OutcomeKind outcome) => flow.UpdateAsync(run => run with
    {
        Attempts = [TestRuns.Intent with { SubmittedAt = TestRuns.Start, Outcome = outcome, TrainingSeconds = 900, BillableSeconds = 1200, Cost = new Usd(1.2m) }],
    });

    private static async Task<TeamLedger> LedgerAsync(FlowFixture flow) => (await flow.Ledgers.ReadAsync("research", default)).Ledger;

    private static NodeOptionCost NodeOption(string type) => new(type, 2, true, new Usd(3.6m), new Usd(3m));

    private static Task<CostRecord> CheckAsync(FlowFixture flow, CostRecord cost) =>
        CheckAsync(flow, cost, new Answer(200, """{"Quotas":[{"QuotaName":"ml.g5.xlarge for spot training job usage","Value":2}]}"""));

    private static async Task<CostRecord> CheckAsync(FlowFixture flow, CostRecord cost, Answer answer)
    {
        using var endpoint = new FakeAwsEndpoint(answer);
        using var quotas = FakeClients.Quotas(endpoint);
        flow.Clients.ServiceQuotas.Returns(quotas);
        return await flow.Budget.CheckAsync(cost, mayMove: false, default);
    }
}
